const REMOVED = '(removed)';

/** What a secret looks like in text of others, and what is put in its place. Each takes time in proportion to the text. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, REMOVED],
  [/\b(Bearer|Basic|Negotiate)\s+[\w.~+/-]{6,}=*/gi, `$1 ${REMOVED}`],
  [
    // By the end of its name, whatever stands before: AWS_SESSION_TOKEN, oidc_client_secret, client-key-data.
    /(?<![\w-])([\w-]*(?:token|passw(?:or)?d|passphrase|[\w-]secret|(?:secret|access|api|private|client)[-_]?(?:access[-_]?)?key(?:[-_]?data)?))(["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi,
    `$1$2${REMOVED}`,
  ],
  [/\/\/[^\s/?#@]+@/g, '//'],
];

/** Parts of letters, digits, - and _ with points between them, each taken as a whole. */
const DOTTED = /(?<![\w.-])[\w-]+(?:\.[\w-]*)+/g;
/** The header of a JSON Web Token, which is a JSON object in base64. */
const TOKEN_HEADER = /eyJ[\w-]{8,}$/;

/**
 * Text that others wrote, such as what a credential plugin complains or a server answers, without what looks like a secret:
 * it is shown and logged, and logs are handed around.
 */
export function withoutSecrets(text: string): string {
  const withoutTokens = text.replace(DOTTED, withoutToken);
  return SECRETS.reduce(
    (rest, [pattern, instead]) => rest.replace(pattern, instead),
    withoutTokens,
  );
}

/** Without the JSON Web Token in it: header, payload and, if there is one, signature. */
function withoutToken(dotted: string): string {
  const parts = dotted.split('.');
  const at = parts.findIndex((part, index) => TOKEN_HEADER.test(part) && Boolean(parts[index + 1]));
  if (at < 0) return dotted;
  const header = parts[at]?.replace(TOKEN_HEADER, REMOVED) ?? '';
  return [...parts.slice(0, at), header, ...parts.slice(at + 3)].join('.');
}
