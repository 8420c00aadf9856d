// The `vscode` module without VS Code: everything in it can be called, constructed, extended and read, and does nothing. Only what
// activation looks at has a value of its own: nothing is visible and nothing is open.

'use strict';

const known = {
  visible: false,
  textDocuments: [],
  visibleTextEditors: [],
  fsPath: '/nowhere',
  workspaceFolders: undefined,
  // Not a promise, and not a list.
  then: undefined,
  [Symbol.iterator]: undefined,
};

const anything = new Proxy(class {}, {
  get: (target, key) =>
    key in known ? known[key] : key === 'prototype' ? target.prototype : anything,
  apply: () => anything,
  construct: (target, args, newTarget) =>
    newTarget === anything ? anything : Reflect.construct(Object, args, newTarget),
});

// A bundle copies a module's own properties and keeps its prototype, so everything is inherited.
module.exports = Object.create(anything);
