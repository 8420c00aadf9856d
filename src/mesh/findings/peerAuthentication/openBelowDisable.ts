import type { PeerAuthentication } from '../../model/objects.ts';
import { refKey, sameRef } from '../../model/reference.ts';
import type { ModeSource } from '../../model/explanation.ts';
import { hostPortsOfService } from '../../connection/hostPorts.ts';
import { connect } from '../../connection/connection.ts';
import { namespaceMtls } from '../../server/namespaceMtls.ts';
import { workloadMtls } from '../../server/workloadMtls.ts';
import { policyRef } from '../../policy/peerAuthentication.ts';
import { servicesSelecting, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { meshedClient } from '../model/meshedClient.ts';
import { selectedBy, selectsWorkloads } from './selection.ts';

/** Clients look at the policies of the namespace and of the mesh only, and send what those say (R146, R148). */
export const openBelowDisable: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0133',
  name: 'STRICT below a DISABLE that clients follow',
  severity: 'error',
  law: 'Clients of the mesh follow the policy of the namespace, or else of the mesh: below DISABLE they send plaintext, which a STRICT workload or port refuses.',
  source: 'https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/',
  needs: { modes: true, own: ['Service'] },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    if (!selectsWorkloads(mesh, policy) || !setsStrict(policy)) return [];
    const { mode, from } = namespaceMtls(mesh, policy.namespace);
    if (mode !== 'DISABLE') return [];
    const refused = selectedBy(mesh, policy).find((workload) => refuses(mesh, policy, workload));
    if (refused === undefined) return [];
    return [
      {
        path: strictPath(policy),
        message: `Clients of the mesh send plaintext to ${refused.name}, because DISABLE holds for its namespace, and STRICT refuses them.`,
        related: relatedTo(from),
        fix: {
          title: 'Accept plaintext as well, until the namespace no longer says DISABLE',
          steps: [
            {
              kind: 'set',
              object: policyRef(policy),
              path: strictPath(policy),
              value: 'PERMISSIVE',
            },
          ],
          safe: false,
        },
      },
    ];
  },
};

function setsStrict({ mode, portLevelMtls }: PeerAuthentication): boolean {
  return mode === 'STRICT' || portLevelMtls.some((port) => port.mode === 'STRICT');
}

function strictPath({ mode, portLevelMtls }: PeerAuthentication): readonly string[] {
  const port = portLevelMtls.find((one) => one.mode === 'STRICT')?.port;
  return mode === 'STRICT' || port === undefined
    ? ['spec', 'mtls', 'mode']
    : ['spec', 'portLevelMtls', String(port), 'mode'];
}

/** Whether a client with a proxy is refused at a port which this policy makes STRICT; a DestinationRule may help it. */
function refuses(mesh: Mesh, policy: PeerAuthentication, workload: Workload): boolean {
  const client = meshedClient(mesh, workload);
  if (client === undefined) return false;
  const strict = strictPorts(mesh, policy, workload);
  return servicesSelecting(mesh, workload)
    .flatMap(hostPortsOfService)
    .some((server) =>
      connect(mesh, client, server).some(
        ({ outcome, workload: called, workloadPort }) =>
          outcome.kind === 'refused' &&
          outcome.symptom === 'server-resets-proxy-plaintext' &&
          called !== undefined &&
          refKey(called) === refKey(workload.ref) &&
          workloadPort !== undefined &&
          strict.has(workloadPort),
      ),
    );
}

function strictPorts(
  mesh: Mesh,
  policy: PeerAuthentication,
  workload: Workload,
): ReadonlySet<number> {
  const own = policyRef(policy);
  const ports = workloadMtls(mesh, workload).ports.filter(
    ({ mode, from }) =>
      mode === 'STRICT' && from.kind === 'policy' && sameRef(from.field.object, own),
  );
  return new Set(ports.map(({ port }) => port));
}

function relatedTo(from: ModeSource) {
  if (from.kind !== 'policy') return [];
  const { object } = from.field;
  return [{ object, path: ['spec', 'mtls', 'mode'], message: 'This is what clients follow.' }];
}
