import type { LabelRequirement, LabelSelector } from '../model/spec/labelSelector.ts';
import { asObject, labelsAt, objectsAt, stringAt, stringsAt } from '../model/json.ts';

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
