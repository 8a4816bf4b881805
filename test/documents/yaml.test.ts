import { describe, expect, it } from 'vitest';
import { readYaml, type YamlFault } from '../../src/documents/yaml.ts';

function faultsOf(text: string): readonly string[] {
  return readYaml(text).faults.map(({ kind, line }: YamlFault) => `${line} ${kind}`);
}

describe('a YAML document', () => {
  it('has every scalar as the text that stands in the file', () => {
    const { document, faults } = readYaml('id: 007\namount: 1e3\npaid: yes\nlist: [~, 0x1F]\n');
    expect(faults).toEqual([]);
    expect(JSON.stringify(document?.value)).toBe('{"id":"007","amount":"1e3","paid":"yes","list":["~","0x1F"]}');
  });

  it('has the line of a value and the line of its key, and of the nearest thing around what is missing', () => {
    const { document } = readYaml('a:\r\n  b:\r\n    text below its key\r\n  list:\r\n    - 1\r\n    - 2\r\n');
    expect([document?.lineAt(['a', 'b']), document?.keyLineAt(['a', 'b'])]).toEqual([3, 2]);
    expect([document?.lineAt(['a', 'list', 1]), document?.keyLineAt(['a', 'list', '1'])]).toEqual([6, 6]);
    expect([document?.lineAt(['a', 'zzz']), document?.keyLineAt(['b'])]).toEqual([1, 1]);
  });

  it('leaves out an optional key that has nothing behind it, but keeps an empty text', () => {
    const optional = new Set(['options']);
    const value = (text: string) => JSON.stringify(readYaml(text, optional).document?.value);
    expect(value('options:\nother:\n')).toBe('{"other":""}');
    expect(value("options: ''\n")).toBe('{"options":""}');
  });

  it.each([
    ['', ['1 empty']],
    ['%YAML 1.2\n---\na: 1\n', ['1 directive']],
    ['a: 1\n---\nb: 2\n', ['2 several-documents']],
    ['a: &x 1\nb: *x\n', ['1 anchor', '2 alias']],
    ['a: !!int 1\n', ['1 tag']],
    ['a: 1\n? [b]\n: 2\n', ['2 key-not-text']],
    ['<<: 1\na: 1\na: 2\n', ['1 merge-key', '3 key-repeated']],
    ['a: [1\nb: 2\n', ['2 syntax']],
    [`a: ${'['.repeat(200)}`, ['1 too-deep']],
  ])('of %j has the faults %j', (text, faults) => {
    expect(faultsOf(text).slice(0, faults.length)).toEqual(faults);
  });

  it('without faults comes back whole, and one that is no YAML not at all', () => {
    expect(readYaml('a: [1\nb: 2\n').document).toBeNull();
    expect(readYaml('a: &x 1\n').document).not.toBeNull();
  });
});
