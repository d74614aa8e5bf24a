/** Gives what was made for a key before, or makes it. */
type Keeper<Value> = (key: string, make: () => Value) => Value;

/** Keeps so many values at most: when there are more, all are made anew, which is for those who play with keys. */
export function createKeeper<Value>(most: number): Keeper<Value> {
  const kept = new Map<string, Value>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= most) kept.clear();
    const made = make();
    kept.set(key, made);
    return made;
  };
}
