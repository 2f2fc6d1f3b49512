/** Keeps the value; where there is no room for one more, the one that was put in first goes. Returns the value. */
export function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): V {
  if (map.size >= most && !map.has(key)) map.delete(map.keys().next().value as K);
  map.set(key, value);
  return value;
}
