import { visibleLine } from '../../mesh/index.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** As much of what a server warns of as a person reads. */
const MAX_WARNINGS = 10;
const MAX_LENGTH = 300;

/**
 * What the API server, or an admission webhook, warns of: the texts of `Warning` headers with code 299, each once, as
 * kubectl prints them. Source: kubernetes.io/docs/reference/using-api/deprecation-policy, RFC 9111, 5.5.
 */
export function serverWarnings(header: string | undefined): readonly string[] {
  const found = (header ?? '').matchAll(/(?:^|,)\s*299 \S+ "((?:[^"\\]|\\.)*)"/g);
  const texts = Array.from(found, ([, quoted = '']) => {
    const text = visibleLine(withoutSecrets(quoted.replace(/\\(.)/g, '$1'))).trim();
    return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  });
  return [...new Set(texts)].filter((text) => text !== '').slice(0, MAX_WARNINGS);
}
