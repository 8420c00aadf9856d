import type { Plugin } from 'esbuild';

/**
 * Libraries that only parts of the cluster client reach which this product never calls: its own reading of kubeconfigs, its
 * calls of the API, and ways to sign in that kubectl has given up. With what is imported from each.
 */
const neverCalled: ReadonlyMap<string, readonly string[]> = new Map([
  ['undici', ['Agent', 'ProxyAgent', 'fetch']],
  ['js-yaml', ['dump', 'load', 'loadAll']],
  ['jsonpath-plus', ['JSONPath']],
  ['socks', ['SocksClient']],
  ['socks-proxy-agent', ['SocksProxyAgent']],
  ['hpagent', ['HttpProxyAgent', 'HttpsProxyAgent']],
  ['openid-client', ['customFetch', 'discovery', 'refreshTokenGrant']],
]);

const client = /[\\/]node_modules[\\/]@kubernetes[\\/]client-node[\\/]/;
const seen = Symbol('resolved once');

/**
 * Keeps out of a bundle what of `@kubernetes/client-node` is never called. Of its 1.2 MB, signing in needs a twentieth: its files
 * do nothing but declare, which its manifest does not say, so all of them would be kept. What a library that is left out would
 * have been asked for throws, with its name.
 */
export const leanClient: Plugin = {
  name: 'lean-client',
  setup(build) {
    build.onResolve({ filter: /^/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === seen) return undefined;
      const isClient = client.test(importer) || path.startsWith('@kubernetes/client-node');
      if (!isClient) return undefined;
      if (neverCalled.has(path)) return { path, namespace: 'never-called', sideEffects: false };
      const resolved = await build.resolve(path, { importer, resolveDir, kind, pluginData: seen });
      return client.test(resolved.path) ? { ...resolved, sideEffects: false } : resolved;
    });
    build.onLoad({ filter: /^/, namespace: 'never-called' }, ({ path }) => ({
      contents: moduleThatThrows(path),
    }));
  },
};

function moduleThatThrows(name: string): string {
  const sentence = `The bundle leaves ${name} out, since nothing that it does needs it.`;
  const exported = neverCalled.get(name) ?? [];
  return `
    function leftOut() { throw new Error(${JSON.stringify(sentence)}); }
    export { ${exported.map((one) => `leftOut as ${one}`).join(', ')} };
  `;
}
