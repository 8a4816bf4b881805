/** Why a message cannot be read any further. */
export class PainFault extends Error {
  override readonly name = 'PainFault';
  /** Physical line; 0 for the file as a whole. */
  readonly line: number;
  readonly code: string;

  constructor(line: number, code: string, message: string) {
    super(message);
    this.line = line;
    this.code = code;
  }
}

/** No payment has so many elements or such texts; one that has would only fill the memory. */
export const ELEMENT_PARTS_MAX = 5_000;
export const ELEMENT_CHARACTERS_MAX = 200_000;

export const EXPORT_AGAIN = 'Have the program that wrote the file write it again.';

export function elementTooLarge(line: number): PainFault {
  const what = `This element has more than ${ELEMENT_PARTS_MAX} parts or ${ELEMENT_CHARACTERS_MAX} characters, which no payment has.`;
  return new PainFault(line, 'pain-element-size', `${what} ${EXPORT_AGAIN}`);
}
