/** What a text says as YAML, or one clause about why it cannot be read: `it is nested too deeply`. */
export type ParsedYaml =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Reads YAML as Istio and kubectl do, which is version 1.1 of the language. Never throws. The caller hands
 * it in, so that the engine needs no library.
 */
export type ParseYaml = (text: string) => ParsedYaml;

/** For objects that cannot be ConfigMaps of Istio: what such a map configures is then unknown. */
export const parsesNothing: ParseYaml = () => ({
  kind: 'unreadable',
  why: 'nothing here reads YAML',
});
