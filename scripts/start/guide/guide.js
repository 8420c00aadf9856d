// Runs in the VS Code that `npm start` opens, and nowhere else: an extension of its own, so that the product needs no way in
// which only its own start script goes.

const vscode = require('vscode');

exports.activate = async () => {
  await vscode.commands.executeCommand('istioMtls.mesh.focus');
  await vscode.commands.executeCommand('istioMtls.openWalkthrough');
};
