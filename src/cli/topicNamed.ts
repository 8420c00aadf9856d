import type { Mesh, NamespaceObjects, Topic } from '../mesh/index.ts';
import { objectsIn } from '../mesh/index.ts';
import { badInput } from './inputFile.ts';
import { sameKind } from './selectWorkloads.ts';

/** Kinds that have no mode of their own, but decide about modes or lead to them. */
const topics: Readonly<
  Record<
    string,
    (part: NamespaceObjects, name: string, port: number | undefined) => Topic | undefined
  >
> = {
  PeerAuthentication: (part, name, port) => {
    const policy = part.peerAuthentications.get(name);
    if (policy === undefined) return undefined;
    return port === undefined
      ? { kind: 'peer-authentication', policy }
      : { kind: 'port-mode', policy, port };
  },
  DestinationRule: (part, name, port) => {
    const rule = part.destinationRules.get(name);
    return rule && { kind: 'destination-rule', rule, ...(port !== undefined && { port }) };
  },
  Service: (part, name, port) => {
    const service = part.services.get(name);
    return service && { kind: 'service', service, ...(port !== undefined && { port }) };
  },
};

/**
 * The policy, rule or Service that a target `KIND/NAMESPACE/NAME[:PORT]` names; undefined for other
 * kinds. Fails with one sentence if there is none of that name.
 */
export function topicNamed(mesh: Mesh, target: string): Topic | undefined {
  const [, kind = '', namespace = '', name = '', digits] =
    /^([^/]+)\/([^/]+)\/([^/:]+)(?::(\d{1,5}))?$/.exec(target) ?? [];
  const known = Object.keys(topics).find((one) => sameKind(one, kind));
  if (known === undefined) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  const topic = topics[known]?.(objectsIn(mesh, namespace), name, port);
  if (topic === undefined) throw badInput(`There is no ${known} ${namespace}/${name}.`);
  return topic;
}
