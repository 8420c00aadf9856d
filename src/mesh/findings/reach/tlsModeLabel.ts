import { CONTROLLER_KINDS } from '../../model/kinds.ts';
import type { WorkloadController } from '../../model/objects.ts';
import type { WorkloadControllerKind } from '../../model/reference.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { templatePath } from '../model/templatePath.ts';

const LABEL = 'security.istio.io/tlsMode';

/** Injection sets this label itself, and clients go by nothing else (R119, R147). */
export const tlsModeLabel: Analyzer<WorkloadControllerKind> = {
  code: 'MTLS0303',
  name: 'tlsMode label set by hand',
  severity: 'warning',
  law: 'Injection gives a pod the label security.istio.io/tlsMode where it has a proxy; clients send mutual TLS to pods with the value istio, and plaintext to all others.',
  source: 'https://istio.io/latest/docs/reference/config/labels/',
  about: CONTROLLER_KINDS,
  analyze: (_mesh, controller) => {
    const value = controller.template.labels[LABEL];
    return value === undefined ? [] : [remark(controller, value)];
  },
};

function remark(controller: WorkloadController, value: string) {
  const { kind, namespace, name } = controller;
  const object = { kind, namespace, name };
  const path = templatePath(object, 'metadata', 'labels', LABEL);
  const sent =
    value === 'istio'
      ? 'mutual TLS, also where the pods have no proxy to take it'
      : 'plaintext, also where the pods have a proxy';
  return {
    path,
    message: `With this label clients of the mesh send ${sent}.`,
    fix: {
      title: 'Remove the label, and leave it to injection',
      steps: [{ kind: 'remove', object, path }] as const,
      safe: false,
    },
  };
}
