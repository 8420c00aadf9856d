import { ALL_KINDS, kindEntry } from '../../mesh/index.ts';
import type { YamlPath } from '../../sources/yaml/yamlPath.ts';

/** The path of the labels by which objects of a kind select workloads; undefined for a kind that selects none. */
export function selectorPath(kind: string): YamlPath | undefined {
  const known = ALL_KINDS.find((one) => one === kind);
  const selects = known && kindEntry(known).selects;
  return selects && ['spec', ...selects];
}
