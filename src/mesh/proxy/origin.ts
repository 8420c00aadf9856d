import { objectAt, stringAt } from '../model/json.ts';
import { jsonObject } from './configDump.ts';
import { read, unread, type Part, type ProxyOrigin } from './proxyState.ts';

/** Who configures a proxy, read from what Envoy’s `/server_info` says of the node that it introduces itself as. */
export function originOf(serverInfo: string): Part<ProxyOrigin> {
  const answer = jsonObject(serverInfo);
  if (answer === undefined) return unread('the proxy did not say what it is');
  const metadata = objectAt(objectAt(answer, 'node'), 'metadata');
  const annotations = objectAt(metadata, 'ANNOTATIONS');
  return read({
    revision: stringAt(annotations, 'istio.io/rev'),
    controlPlane: stringAt(objectAt(metadata, 'PROXY_CONFIG'), 'discoveryAddress'),
    version: stringAt(metadata, 'ISTIO_VERSION'),
  });
}
