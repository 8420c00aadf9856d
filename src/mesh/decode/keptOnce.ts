/** More names than this are not remembered: what is forgotten is only kept twice. */
const MAX_NAMES = 1000;

/**
 * Gives back, instead of a value, the last one of the same name if both are alike. The pods of a template are
 * the same but for a few fields; in a mesh of 100 000 pods what they share is most of what would be kept.
 */
export function keptOnce<T>(
  nameOf: (value: T) => string,
  isAlike: (left: T, right: T) => boolean,
): (value: T) => T {
  const last = new Map<string, T>();
  return (value) => {
    const name = nameOf(value);
    const known = last.get(name);
    if (known !== undefined && isAlike(known, value)) return known;
    if (last.size >= MAX_NAMES) last.clear();
    last.set(name, value);
    return value;
  };
}
