import type { Kubeconfigs } from '../session/kubeconfigs.ts';
import { bringIntoMesh, takeOutOfMesh } from './bringIntoMesh.ts';
import { enforce, enforceWithExceptions } from './enforce.ts';
import { filterNamespaces } from './filterNamespaces.ts';
import { applyManifest, diffWithCluster, showManifestImpact } from './manifest.ts';
import { nameNamespaces } from './nameNamespaces.ts';
import { openManifest } from './openManifest.ts';
import { changePolicyMode, deletePolicy, revealPolicy, showPolicyWorkloads } from './policyRow.ts';
import { probe, repeatProbe } from './probe.ts';
import { probeMatrix } from './probeMatrix.ts';
import { setPrometheusCredentials } from './prometheusCredentials.ts';
import type { CommandHandlers } from './register.ts';
import { showMissingRole } from './missingRole.ts';
import { scaffoldPolicy } from './scaffold.ts';
import { closeContext, openContext, selectContext, switchContext, useContext } from './contexts.ts';
import { showMatrix, showStrictMatrix } from './showMatrix.ts';
import { showStrictImpact } from './showImpact.ts';
import { showProxy } from './showProxy.ts';
import { openWalkthrough, startDemo } from './startDemo.ts';
import { undo } from './undo.ts';
import type { Workbench } from './workbench.ts';

/** What every command does. */
export function commandHandlers(workbench: Workbench, kubeconfigs: Kubeconfigs): CommandHandlers {
  return {
    ...contextHandlers(workbench, kubeconfigs),
    ...viewHandlers(workbench),
    'istioMtls.enforceStrict': (node) => enforce(workbench, 'STRICT', node),
    'istioMtls.enforcePermissive': (node) => enforce(workbench, 'PERMISSIVE', node),
    'istioMtls.enforceDisable': (node) => enforce(workbench, 'DISABLE', node),
    'istioMtls.inheritMode': (node) => enforce(workbench, 'INHERITED', node),
    'istioMtls.enforceStrictWithExceptions': (node) => enforceWithExceptions(workbench, node),
    'istioMtls.bringIntoMesh': (node) => bringIntoMesh(workbench, node),
    'istioMtls.takeOutOfMesh': (node) => takeOutOfMesh(workbench, node),
    'istioMtls.showStrictImpact': (node) => showStrictImpact(workbench, node),
    'istioMtls.showProxy': (node) => showProxy(workbench, node),
    'istioMtls.setPrometheusCredentials': () => setPrometheusCredentials(workbench),
    'istioMtls.applyReview': () => workbench.reviews.apply(),
    'istioMtls.discardReview': () => workbench.reviews.discard(),
    'istioMtls.undo': (entryId) => undo(workbench, entryId),
    'istioMtls.probe': () => probe(workbench),
    'istioMtls.probeFrom': (node) => probe(workbench, node, 'from'),
    'istioMtls.probeTo': (node) => probe(workbench, node, 'to'),
    'istioMtls.repeatProbe': () => repeatProbe(workbench),
    'istioMtls.probeMatrix': () => probeMatrix(workbench),
    'istioMtls.predictMatrix': () => showMatrix(workbench),
    'istioMtls.showStrictMatrix': (node) => showStrictMatrix(workbench, node),
    'istioMtls.showProbes': () => {
      workbench.probeOutput.show();
    },
    'istioMtls.scaffoldPolicy': (node) => scaffoldPolicy(workbench, node),
    'istioMtls.changePolicyMode': (node) => changePolicyMode(workbench, node),
    'istioMtls.deletePolicy': (node) => deletePolicy(workbench, node),
    'istioMtls.showPolicyWorkloads': (node) => showPolicyWorkloads(workbench, node),
    'istioMtls.revealPolicy': (node) => revealPolicy(workbench, node),
    'istioMtls.openManifest': (target) => openManifest(workbench, target),
    'istioMtls.showManifestImpact': (place) => showManifestImpact(workbench, place),
    'istioMtls.diffWithCluster': (place) => diffWithCluster(workbench, place),
    'istioMtls.applyManifest': (place) => applyManifest(workbench, place),
    'istioMtls.showFinding': (code) => workbench.findingPages.show(code ?? ''),
  };
}

/** What is open, and which of it. */
function contextHandlers(workbench: Workbench, kubeconfigs: Kubeconfigs) {
  const { session } = workbench;
  return {
    'istioMtls.selectContext': () => selectContext(workbench, kubeconfigs),
    'istioMtls.startDemo': () => startDemo(workbench),
    'istioMtls.openWalkthrough': openWalkthrough,
    'istioMtls.openContext': () => openContext(workbench, kubeconfigs),
    'istioMtls.useContext': (node) => {
      useContext(workbench, node);
    },
    'istioMtls.closeContext': (node) => closeContext(workbench, node),
    'istioMtls.switchContext': () => switchContext(workbench, kubeconfigs),
    'istioMtls.keepContext': () => {
      session.offer(undefined);
    },
    'istioMtls.disconnect': () => session.disconnect(),
    'istioMtls.reconnect': (node) => session.reconnect(node?.context),
  } satisfies Partial<CommandHandlers>;
}

/** What the Mesh view shows of it. */
function viewHandlers(workbench: Workbench) {
  const { tree, log } = workbench;
  return {
    'istioMtls.showLog': () => {
      log.show();
    },
    'istioMtls.showMoreNamespaces': (node) => {
      if (node !== undefined) tree.showMoreNamespaces(node.context);
    },
    'istioMtls.showMissingRole': (node) => showMissingRole(workbench, node),
    'istioMtls.nameNamespaces': () => nameNamespaces(),
    'istioMtls.filterNamespaces': () => filterNamespaces(workbench),
    'istioMtls.filterDiffering': () => {
      tree.setFilter({ kind: 'differs' });
    },
    'istioMtls.clearFilter': () => {
      tree.setFilter(undefined);
    },
  } satisfies Partial<CommandHandlers>;
}
