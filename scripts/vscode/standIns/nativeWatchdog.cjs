// Takes the place of @vscode/native-watchdog, a compiled module, in the VS Code server that the tests and `npm start`
// use: an extension host must not outlive the server that started it.

'use strict';

exports.start = (parent) => {
  setInterval(() => {
    try {
      process.kill(parent, 0);
    } catch {
      process.exit(87);
    }
  }, 1_000).unref();
};

exports.exit = (code) => process.exit(code ?? 0);
