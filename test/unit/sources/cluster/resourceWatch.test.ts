import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_PACE } from '../../../../src/sources/cluster/backoff.ts';
import { resourceOf } from '../../../../src/sources/cluster/kubeResource.ts';
import { ResourceWatch } from '../../../../src/sources/cluster/resourceWatch.ts';
import type { KubeTransport } from '../../../../src/sources/transport/transport.ts';

/** A server that answers every page of a list with the same, and a token for the next. */
function endlessLists(): Pick<KubeTransport, 'request'> & { readonly asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    request: () => {
      asked += 1;
      const metadata = { resourceVersion: '1', continue: String(asked) };
      return Promise.resolve({ kind: 'ok', status: 200, body: { metadata, items: [] } });
    },
  };
}

describe('a watch', () => {
  it('gives up a list that has no end', async (t) => {
    const resource = resourceOf('Pod');
    assert.ok(resource);
    const server = endlessLists();
    const state = await new Promise((resolve) => {
      const watch: ResourceWatch = new ResourceWatch({
        transport: server as unknown as KubeTransport,
        resource,
        namespace: '',
        pace: DEFAULT_PACE,
        onChange: () => {
          resolve(watch.state);
        },
      });
      t.after(() => {
        watch.dispose();
      });
    });
    const cause = "The API server's answer could not be read: the list of pods has no end.";
    assert.deepEqual(state, { kind: 'failed', cause });
    assert.equal(server.asked(), 2_000);
  });
});
