/**
 * Remembers what was computed from an immutable value for as long as that value lives. Nothing has
 * to be invalidated: a changed mesh is a new value.
 */
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

/** As `memo`, for what depends on two values; the second answer for the same `key` replaces the first. */
export function memoPair<K extends object, L extends object, V>(
  compute: (key: K, other: L) => V,
): (key: K, other: L) => V {
  const known = new WeakMap<K, { readonly other: L; readonly value: V }>();
  return (key, other) => {
    const found = known.get(key);
    if (found?.other === other) return found.value;
    const value = compute(key, other);
    known.set(key, { other, value });
    return value;
  };
}

/** As `memo`, for what depends on a value and a word. */
export function memoByWord<K extends object, V>(
  compute: (key: K, word: string) => V,
): (key: K, word: string) => V {
  const known = new WeakMap<K, Map<string, V>>();
  return (key, word) => {
    const byWord = known.get(key) ?? new Map<string, V>();
    if (byWord.size === 0) known.set(key, byWord);
    const found = byWord.get(word);
    if (found !== undefined) return found;
    const value = compute(key, word);
    byWord.set(word, value);
    return value;
  };
}

/**
 * As `memoPair`, for answers whose computing needs more than the two values that they depend on: the
 * caller computes when nothing is remembered.
 */
export function remember<V>(): (key: object, other: object, compute: () => V) => V {
  const known = new WeakMap<object, { readonly other: object; readonly value: V }>();
  return (key, other, compute) => {
    const found = known.get(key);
    if (found?.other === other) return found.value;
    const value = compute();
    known.set(key, { other, value });
    return value;
  };
}
