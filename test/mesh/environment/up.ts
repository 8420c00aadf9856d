// node up.ts COMMAND [ARGUMENT...]
//
// Brings a real Istio mesh up in the namespaces that this process is the first of, runs a command beside it, and ends
// with the command's exit code. When this process ends, however it ends, the kernel ends everything that it started.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterStandIns } from './clusterStandIns.ts';
import { startIstiod } from './istiod.ts';
import { generateIstio } from './istioObjects.ts';
import { Kubelet } from './kubelet.ts';
import { startMeshCluster, type MeshCluster } from './meshCluster.ts';
import { imageFolder, meshFolder } from './meshFolder.ts';
import { makeMounts, makeNodeNetwork } from './nodeNetwork.ts';
import { nodeName } from './addresses.ts';
import { objectWriter, type ObjectWriter } from './objectPaths.ts';
import { meshPrograms, meshVariable, type MeshAccess, type MeshPrograms } from './programPaths.ts';
import { shell } from './runProgram.ts';
import { inKeptLogs } from '../../../scripts/suites/keptLogs.ts';

/** Istio's image: its programs under the names that they have there. */
async function makeImage({ pilotAgent, envoy }: MeshPrograms): Promise<void> {
  mkdirSync(imageFolder, { recursive: true });
  const programs = { 'pilot-agent': pilotAgent, envoy };
  for (const [name, path] of Object.entries(programs)) {
    const target = join(imageFolder, name);
    writeFileSync(target, '');
    await shell([`mount --bind '${path}' ${target}`]);
  }
}

/** Writes the template of Envoy's bootstrap without what asks for an extension of Istio's own Envoy. */
function writeBootstrap({ bootstrap }: MeshPrograms): string {
  const text = readFileSync(bootstrap, 'utf8');
  const begin = text.indexOf('{{- if .metadata_discovery }}');
  const end = text.indexOf('{{- end }}', begin) + '{{- end }}'.length;
  const path = join(meshFolder, 'envoy_bootstrap_tmpl.json');
  writeFileSync(path, begin < 0 ? text : text.slice(0, begin) + text.slice(end));
  return path;
}

async function bringUp(programs: MeshPrograms, logs: string): Promise<MeshAccess> {
  await makeMounts();
  await makeNodeNetwork();
  await makeImage(programs);
  const generated = generateIstio(programs.istioctl);
  const cluster = await startMeshCluster(programs, logs);
  const writer = objectWriter(cluster.admin);
  await writeNode(writer);
  await startStandIns(cluster, { writer, logs, bootstrap: writeBootstrap(programs) });
  await startIstiod({ programs, cluster, writer, logs }, generated);
  return { kubeconfig: cluster.kubeconfig, logs };
}

async function writeNode(writer: ObjectWriter): Promise<void> {
  await writer.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } });
  for (const name of ['default', 'istio-system'])
    await writer.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

async function startStandIns(
  { admin, connection }: MeshCluster,
  options: { readonly writer: ObjectWriter; readonly logs: string; readonly bootstrap: string },
): Promise<void> {
  const { writer, bootstrap } = options;
  const kubelet = new Kubelet({ admin, bootstrap, logs: join(options.logs, 'pods') });
  await new ClusterStandIns({ admin, connection, writer, kubelet }).start();
}

function runBeside([command, ...args]: readonly string[], access: MeshAccess): Promise<number> {
  if (command === undefined) throw new RangeError('up.ts was given no command to run.');
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, [meshVariable]: JSON.stringify(access), KUBECONFIG: access.kubeconfig },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

const since = performance.now();
const logs = inKeptLogs('');
const access = await bringUp(meshPrograms(), logs);
const seconds = ((performance.now() - since) / 1000).toFixed(1);
process.stdout.write(`the mesh is up after ${seconds} s\n`);
process.exit(await runBeside(process.argv.slice(2), access));
