import { trimmedXml, type PainElement } from './element.ts';

/** What an element may hold. */
interface ElementRule {
  /** Whether it may stand several times beside itself. */
  readonly isMany?: true;
  /** Whether at most one of its parts may be there. */
  readonly isChoice?: true;
  /** Whether a text may stand in place of its parts. */
  readonly isTextToo?: true;
  /** What may stand in the element; left out where payrun reads nothing in it and compares nothing. */
  readonly parts?: ElementRules;
}

type ElementRules = Readonly<Record<string, ElementRule>>;

const NO_PARTS: ElementRules = {};
const TEXT: ElementRule = { parts: NO_PARTS };
const ANY: ElementRule = {};
const ANY_MANY: ElementRule = { isMany: true };
const CODE: ElementRule = { isChoice: true, parts: { Cd: TEXT, Prtry: TEXT } };

const ACCOUNT_PARTS: ElementRule = {
  parts: {
    Id: {
      isChoice: true,
      parts: { IBAN: TEXT, Othr: { parts: { Id: TEXT, SchmeNm: CODE, Issr: TEXT } } },
    },
    Tp: CODE,
    Ccy: TEXT,
    Nm: TEXT,
    Prxy: { parts: { Tp: CODE, Id: TEXT } },
  },
};

const AGENT: ElementRule = {
  parts: {
    FinInstnId: {
      parts: {
        ...{ BIC: TEXT, BICFI: TEXT, LEI: TEXT, Nm: TEXT, PstlAdr: ANY },
        ClrSysMmbId: { parts: { ClrSysId: CODE, MmbId: TEXT } },
        Othr: { parts: { Id: TEXT, SchmeNm: CODE, Issr: TEXT } },
      },
    },
    BrnchId: ANY,
  },
};

const PARTY: ElementRule = { parts: { Nm: TEXT, PstlAdr: ANY, Id: ANY, CtryOfRes: TEXT, CtctDtls: ANY } };

const PAYMENT_TYPE: ElementRule = {
  parts: { InstrPrty: TEXT, SvcLvl: ANY_MANY, LclInstrm: ANY, CtgyPurp: CODE },
};

/** Of `pain.001.001.03` and `.09` together: what only one of them has is no danger in the other. */
export const GROUP_HEADER: ElementRules = {
  ...{ MsgId: TEXT, CreDtTm: TEXT, NbOfTxs: TEXT, CtrlSum: TEXT },
  ...{ Authstn: { isMany: true, parts: CODE.parts ?? {} }, InitgPty: ANY, FwdgAgt: ANY },
};

/** All of a `PmtInf` but its payments. */
export const PAYMENT_BLOCK: ElementRules = {
  ...{ PmtInfId: TEXT, PmtMtd: TEXT, BtchBookg: TEXT, NbOfTxs: TEXT, CtrlSum: TEXT, PmtTpInf: PAYMENT_TYPE },
  ReqdExctnDt: { isChoice: true, isTextToo: true, parts: { Dt: TEXT, DtTm: TEXT } },
  ...{
    PoolgAdjstmntDt: TEXT,
    Dbtr: ANY,
    DbtrAcct: ACCOUNT_PARTS,
    DbtrAgt: ANY,
    DbtrAgtAcct: ANY,
    InstrForDbtrAgt: ANY,
  },
  ...{ UltmtDbtr: ANY, ChrgBr: TEXT, ChrgsAcct: ANY, ChrgsAcctAgt: ANY },
};

export const TRANSFER: ElementRules = {
  PmtId: { parts: { InstrId: TEXT, EndToEndId: TEXT, UETR: TEXT } },
  PmtTpInf: PAYMENT_TYPE,
  Amt: { isChoice: true, parts: { InstdAmt: TEXT, EqvtAmt: ANY } },
  ...{ XchgRateInf: ANY, ChrgBr: TEXT, ChqInstr: ANY, UltmtDbtr: ANY },
  ...{ IntrmyAgt1: ANY, IntrmyAgt1Acct: ANY, IntrmyAgt2: ANY, IntrmyAgt2Acct: ANY, IntrmyAgt3: ANY },
  ...{ IntrmyAgt3Acct: ANY, CdtrAgt: AGENT, CdtrAgtAcct: ANY, Cdtr: PARTY, CdtrAcct: ACCOUNT_PARTS, UltmtCdtr: ANY },
  InstrForCdtrAgt: { isMany: true, parts: { Cd: TEXT, InstrInf: TEXT } },
  ...{ InstrForDbtrAgt: ANY, Purp: CODE, RgltryRptg: ANY_MANY, Tax: ANY, RltdRmtInf: ANY_MANY, SplmtryData: ANY_MANY },
  RmtInf: { parts: { Ustrd: { isMany: true, parts: NO_PARTS }, Strd: ANY_MANY } },
};

/** Something in an element that a message cannot have; `name` is the part that is at fault. */
export interface StructureFault {
  readonly line: number;
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/**
 * The first part of an element that is not known, or that stands twice where one may stand, or a text beside parts: what is passed over in silence may say that
 * something else is to be paid. Null where there is none.
 */
export function structureFault(
  element: PainElement,
  parts: ElementRules,
  { isChoice, isTextToo }: Pick<ElementRule, 'isChoice' | 'isTextToo'> = {},
): StructureFault | null {
  const { children } = element;
  if (parts !== NO_PARTS && (children.length > 0 || isTextToo !== true) && trimmedXml(element.text) !== '') {
    const { line, name } = element;
    const message = `${name} has a text beside its elements, or in place of them, and what is not understood is not passed over.`;
    return { line, name, code: 'pain-element-text', message };
  }
  const [first] = children;
  for (const [at, child] of children.entries()) {
    const { name, line } = child;
    const rule = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (rule === undefined)
      return { line, name, code: 'pain-element-unknown', message: unknownText(name, element.name) };
    if (rule.isMany !== true && at > 0 && standsBefore(children, at, name)) {
      const message = `${element.name} has ${name} twice, and which of them is meant is not guessed.`;
      return { line, name, code: 'pain-element-twice', message };
    }
    if (isChoice === true && first !== undefined && first.name !== name) {
      const message = `${element.name} has both ${first.name} and ${name}, and only one of them may be there.`;
      return { line, name, code: 'pain-element-choice', message };
    }
    if (rule.parts === undefined) continue;
    const inner = structureFault(child, rule.parts, rule);
    if (inner !== null) return inner;
  }
  return null;
}

/** Most elements have few parts, so that a loop over them is quicker than a set. */
function standsBefore(children: readonly PainElement[], end: number, name: string): boolean {
  for (let at = 0; at < end; at++) if (children[at]?.name === name) return true;
  return false;
}

/** Whether a part of a `PmtInf` is known, and may stand several times. */
export function isKnownBlockPart(name: string): boolean {
  return Object.hasOwn(PAYMENT_BLOCK, name);
}

export function unknownText(name: string, parent: string): string {
  if (name === 'DrctDbtTxInf' || name === 'DrctDbtTx')
    return 'This is a direct debit, which takes money. payrun pays out.';
  const what = name.startsWith(':') ? `${elementName(name)}, of another namespace,` : elementName(name);
  return `${what} is no element of ${parent} in pain.001.001.03 or .09, and what is not known is not passed over.`;
}

/** The name of an element as a message may show it: a file may have any. */
export function elementName(name: string): string {
  return name.replace(/^:/, '').slice(0, 60);
}
