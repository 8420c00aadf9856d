import type {
  ConfigMap,
  InjectionWebhook,
  Labels,
  LabelRequirement,
  LabelSelector,
  MutatingWebhookConfiguration,
} from '../model/objects.ts';
import {
  asObject,
  labelsAt,
  NO_LABELS,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
} from '../model/json.ts';
import type { Meta } from './objectMeta.ts';

const READ_KEYS = ['mesh', 'config', 'values'];

/** Istio's own maps keep the keys that configure a mesh or its injector; any other map keeps nothing. */
export function decodeConfigMap(object: Json, meta: Meta): ConfigMap {
  const ours = meta.name === 'istio' || meta.name.startsWith('istio-');
  const data = ours ? labelsAt(object, 'data') : NO_LABELS;
  const kept = READ_KEYS.flatMap((key) => (data[key] === undefined ? [] : [[key, data[key]]]));
  return { kind: 'ConfigMap', ...meta, data: Object.fromEntries(kept) as Labels };
}

/** Only sidecar injectors are read; any other webhook keeps no selectors (R115). */
export function decodeWebhookConfiguration(object: Json, meta: Meta): MutatingWebhookConfiguration {
  const injector = meta.labels['app'] === 'sidecar-injector';
  const webhooks = injector ? objectsAt(object, 'webhooks').map(decodeWebhook) : [];
  return { kind: 'MutatingWebhookConfiguration', ...meta, webhooks };
}

function decodeWebhook(fields: Json): InjectionWebhook {
  return {
    name: stringAt(fields, 'name') ?? '',
    namespaceSelector: decodeLabelSelector(fields['namespaceSelector']),
    objectSelector: decodeLabelSelector(fields['objectSelector']),
  };
}

/** matchLabels and matchExpressions as one list of requirements. */
export function decodeLabelSelector(value: unknown): LabelSelector {
  const selector = asObject(value);
  if (selector === undefined) return [];
  const requirements: LabelRequirement[] = [];
  for (const [key, text] of Object.entries(labelsAt(selector, 'matchLabels'))) {
    requirements.push({ key, operator: 'In', values: [text] });
  }
  for (const fields of objectsAt(selector, 'matchExpressions')) {
    requirements.push({
      key: stringAt(fields, 'key') ?? '',
      operator: stringAt(fields, 'operator') ?? '',
      values: stringsAt(fields, 'values'),
    });
  }
  return requirements;
}
