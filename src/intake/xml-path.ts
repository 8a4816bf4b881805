/** An element of an XML file, as far as a path needs it. */
interface Nested<Element> {
  readonly name: string;
  readonly children: readonly Element[];
}

/** The first element at the end of a path; null where there is none. That there is no second one is checked apart. */
export function elementAt<Element extends Nested<Element>>(
  element: Element,
  ...path: readonly string[]
): Element | null {
  let found = element;
  for (const name of path) {
    const child = found.children.find((one) => one.name === name);
    if (child === undefined) return null;
    found = child;
  }
  return found;
}
