import { isMap, visit, type Document } from 'yaml';

/**
 * Whether template braces (`{{ … }}` of Helm or Go) stand where YAML has structure or plain values.
 * Braces inside quoted or block scalars are ordinary text, as in a ConfigMap that carries templates.
 */
export function isTemplate(source: string, root: Document): boolean {
  if (!source.includes('{{')) return false;
  if (root.errors.length > 0) return true;
  let found = false;
  visit(root, {
    Scalar: (_key, scalar) => {
      if (scalar.type === 'PLAIN' && scalar.source?.includes('{{') === true) found = true;
      return found ? visit.BREAK : undefined;
    },
    Map: (_key, map) => {
      if (map.flow === true && isMap(map.items[0]?.key)) found = true;
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}
