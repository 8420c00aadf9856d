// node scripts/recordProxies.ts runs this beside a real mesh: it writes what the proxies answer in each setting to
// test/fixtures/proxy, less what says nothing about TLS.

import { writeFileSync } from 'node:fs';
import { inProject } from '../../../scripts/project.ts';
import { MeshUnderTest } from '../meshUnderTest.ts';
import { objectsIn, Settings } from '../settings.ts';
import { askProxy, askSyncStatus } from './askProxy.ts';
import { proxies, settings, world, type ReadProxy } from './world.ts';

/** Fields that say nothing about TLS and fill most of a dump. */
const leftOut = new Set([
  'access_log',
  'circuit_breakers',
  'command_line_options',
  'common_lb_config',
  'connect_timeout',
  'eds_cluster_config',
  'endpoint_stats',
  'extensions',
  'filters',
  'health_check_config',
  'lb_policy',
  'listener_filters',
  'load_balancing_weight',
  'private_key',
  'sds_config',
  'tls_params',
  'typed_extension_protocol_options',
]);

/** What is asked once: it is the same in every setting. */
const askedOnce: readonly string[] = ['secrets', 'certs', 'serverInfo'];
const firstSetting = Object.keys(settings)[0];

/** Clusters and endpoints of the control plane's own Services. */
const ofOthers = /istio-system|default\.svc/;

function pruned(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => {
    if (leftOut.has(key)) return undefined;
    if (key !== 'configs' || !Array.isArray(value)) return value;
    return (value as readonly unknown[]).filter((config) => !ofOthers.test(nameOf(config)));
  });
}

/** The name of an entry of a dump: of a cluster, or of a cluster's endpoints. */
function nameOf(config: unknown): string {
  const { cluster, endpoint_config: endpoints } = config as {
    readonly cluster?: { readonly name: string };
    readonly endpoint_config?: { readonly cluster_name: string };
  };
  return cluster?.name ?? endpoints?.cluster_name ?? '';
}

async function recorded(setting: string, proxy: ReadProxy): Promise<object> {
  const kept = Object.entries(await askProxy(proxy)).filter(
    ([question]) => setting === firstSetting || !askedOnce.includes(question),
  );
  return Object.fromEntries(kept.map(([question, text]) => [question, pruned(text)]));
}

const folder = inProject('test', 'fixtures', 'proxy');
const under = await MeshUnderTest.open();
await under.start(world);
const entered = new Settings(under);
for (const [name, yaml] of Object.entries(settings)) {
  await entered.enter(objectsIn(yaml));
  const byPod: Record<string, object> = {};
  for (const proxy of proxies) byPod[proxy.pod] = await recorded(name, proxy);
  const text = JSON.stringify(byPod);
  writeFileSync(`${folder}/${name}.json`, `${text}\n`);
  process.stdout.write(`${name}: ${text.length} characters\n`);
}
writeFileSync(`${folder}/syncz.json`, `${await askSyncStatus()}\n`);
await entered.enter([]);
await under.stop(world);
under.close();
process.exit(0);
