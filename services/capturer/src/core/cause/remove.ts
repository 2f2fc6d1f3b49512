/** Takes the value out of the list, where it is in there. */
export function remove<T>(from: T[], one: T | undefined): void {
  const at = from.indexOf(one as T);
  if (at === from.length - 1) from.pop();
  else if (at >= 0) from.splice(at, 1);
}
