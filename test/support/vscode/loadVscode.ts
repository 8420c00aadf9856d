import { registerHooks } from 'node:module';

/** Makes `import 'vscode'` load the stand-in beside this file, in modules that are imported after this one has run. */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? next(new URL('vscodeModule.ts', import.meta.url).href, context)
      : next(specifier, context),
});
