/**
 * All that the engine computes once and keeps. What is kept depends on immutable values alone and is kept by their
 * identity, so that nothing has to be invalidated: a change makes a new value, and what was computed from the old one
 * goes with it.
 *
 * - `memo`, `memoPair` and `memoByWord` keep an answer for the value, the two values, or the value and the word that it
 *   depends on.
 * - `lastAlike` and `lastAlikeOf` keep no answers: they put one value in the place of many that are alike, which saves
 *   memory, and spares whoever compares by identity.
 */

/** Keeps the answer for a value for as long as the value lives. */
export function memo<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    const value = compute(key);
    known.set(key, { value });
    return value;
  };
}

/**
 * Keeps the last answer for a `key` for as long as it is asked with the same `other`. What else is handed in is
 * what computing needs to find its way; the answer must not depend on more of it than the two values.
 */
export function memoPair<K extends object, L extends object, V, More extends readonly unknown[]>(
  compute: (key: K, other: L, ...more: More) => V,
): (key: K, other: L, ...more: More) => V {
  const known = new WeakMap<K, { readonly other: L; readonly value: V }>();
  return (key, other, ...more) => {
    const found = known.get(key);
    if (found?.other === other) return found.value;
    const value = compute(key, other, ...more);
    known.set(key, { other, value });
    return value;
  };
}

/** Keeps the answers for a value and any number of words for as long as the value lives. */
export function memoByWord<K extends object, V>(
  compute: (key: K, word: string) => V,
): (key: K, word: string) => V {
  const wordsOf = memo((_key: K) => new Map<string, { readonly value: V }>());
  return (key, word) => {
    const words = wordsOf(key);
    const found = words.get(word);
    if (found !== undefined) return found.value;
    const value = compute(key, word);
    words.set(word, { value });
    return value;
  };
}

/** More names than this are forgotten: their values are only held twice then. */
const MAX_NAMES = 1000;

/**
 * Gives back, instead of a value, the last one of the same name if both are alike. The pods of a template are
 * the same but for a few fields; in a mesh of 100 000 pods what they share is most of what would be held.
 */
export function lastAlike<T>(
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

/** As `lastAlike`, for values that belong to an object, for as long as that lives. */
export function lastAlikeOf<T>(
  isAlike: (left: T, right: T) => boolean,
): (key: object, value: T) => T {
  const last = new WeakMap<object, { readonly value: T }>();
  return (key, value) => {
    const known = last.get(key);
    if (known !== undefined && isAlike(known.value, value)) return known.value;
    last.set(key, { value });
    return value;
  };
}
