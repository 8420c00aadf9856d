import { asObject, objectAt, stringAt, type Json } from '../model/json.ts';
import { json } from './configDump.ts';
import { read, unread, type Acknowledgement, type Part } from './proxyState.ts';

/** Resource types by the words that people use for them, as istiod’s older answers begin their fields. */
const resourceNames = ['cluster', 'listener', 'endpoint', 'route'] as const;

/**
 * Whether a proxy acknowledged what it was sent, read from the answers to `/debug/syncz` of all replicas of a control
 * plane, of which one serves it. `proxy` is `POD.NAMESPACE`.
 */
export function acknowledgementIn(
  answers: readonly string[],
  proxy: string,
): Part<Acknowledgement> {
  const lists = answers.map(json).filter((answer) => Array.isArray(answer));
  if (lists.length === 0) return unread('no control plane answered with a list of proxies');
  const found = lists
    .flatMap((list: readonly unknown[]) => list.map(asObject))
    .find((entry) => entry !== undefined && stringAt(entry, 'proxy') === proxy);
  if (found !== undefined) return read(acknowledgementOf(found));
  // Another replica, which gave no list, may serve it.
  return lists.length === answers.length
    ? read({ kind: 'not-connected' })
    : unread('not every replica of the control plane answered');
}

/** What was sent of one type, and what of it the proxy took over. */
interface SentResources {
  readonly name: string;
  readonly sent: string;
  readonly acknowledged: string | undefined;
  readonly time: string | undefined;
}

function acknowledgementOf(entry: Json): Acknowledgement {
  const all = [...byType(entry), ...byField(entry)];
  const waiting = all.filter(({ sent, acknowledged }) => sent !== acknowledged);
  const times = (waiting.length > 0 ? waiting : all).flatMap(({ time }) => time ?? []).sort();
  if (waiting.length === 0) return { kind: 'acknowledged', sent: times.at(-1) };
  const resources = [...new Set(waiting.map(({ name }) => name))];
  return { kind: 'waiting', resources, since: times[0] };
}

/** As control planes since Istio 1.20 answer: `resources`, by the URL of the type. */
function byType(entry: Json): readonly SentResources[] {
  const resources = objectAt(entry, 'resources');
  return Object.keys(resources).flatMap((url) => {
    const one = objectAt(resources, url);
    const sent = stringAt(one, 'sent');
    if (sent === undefined) return [];
    const acknowledged = stringAt(one, 'acked');
    return [
      { name: nameOf(url), sent, acknowledged, time: stringAt(one, 'sentTime') ?? pushed(sent) },
    ];
  });
}

/** As older ones answer: `listener_sent` beside `listener_acked`. */
function byField(entry: Json): readonly SentResources[] {
  if (entry['resources'] !== undefined) return [];
  return resourceNames.flatMap((name) => {
    const sent = stringAt(entry, `${name}_sent`);
    if (sent === undefined) return [];
    return [{ name, sent, acknowledged: stringAt(entry, `${name}_acked`), time: pushed(sent) }];
  });
}

/** `listener` of `type.googleapis.com/envoy.config.listener.v3.Listener`. */
function nameOf(url: string): string {
  return (
    resourceNames.find((name) => url.includes(`.config.${name}.`)) ?? url.split('/').at(-1) ?? url
  );
}

/** A nonce begins with the time of its push: `2026-11-21T21:43:53Z/10…`. */
function pushed(nonce: string): string | undefined {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=\/)/.exec(nonce)?.[0];
}

/**
 * The kinds of resources that a proxy refused when it was sent them last, read from dumps of its listeners and
 * clusters: Envoy keeps why beside what it goes on with.
 */
export function rejectedIn(
  dumps: Readonly<Record<string, readonly Json[] | undefined>>,
): readonly string[] {
  return Object.entries(dumps).flatMap(([name, entries]) =>
    entries?.some((entry) => entry['error_state'] !== undefined) === true ? [name] : [],
  );
}
