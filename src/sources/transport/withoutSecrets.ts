/** What a secret looks like in text of others, and what is put in its place. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, '(removed)'],
  // A JSON Web Token, with or without its signature.
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, '(removed)'],
  [/\b(Bearer|Basic|Negotiate)\s+[\w.~+/-]{6,}=*/gi, '$1 (removed)'],
  [
    /\b((?:access|id|refresh|session|auth)?[-_]?(?:token|password|passwd|client[-_]?secret|secret[-_]?(?:access[-_]?)?key|api[-_]?key))(["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi,
    '$1$2(removed)',
  ],
  [/\/\/[^\s/?#@]+@/g, '//'],
];

/**
 * Text that others wrote, such as what a credential plugin complains or a server answers, without what looks like a secret:
 * it is shown and logged, and logs are handed around.
 */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}
