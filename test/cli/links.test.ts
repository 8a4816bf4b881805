import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, Project } from './harness.ts';

const SECRET = 'root:secret-of-another-user';

let project: Project;
afterEach(() => project.close());

/** A drop folder beside a folder with a file that is no batch. */
async function linkedProject(name: string): Promise<string> {
  project = await Project.open();
  const outside = join(project.dir, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'shadow'), `${SECRET}\n`);
  await symlink(join(outside, 'shadow'), join(project.dir, 'batches', name));
  return name;
}

/** Everything that payrun wrote beside the files of the test. */
async function writtenTexts(): Promise<string> {
  const names = await readdir(join(project.dir, 'reports'), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}

describe('a batch file that is a symbolic link', () => {
  for (const name of ['november.csv', 'november.yaml']) {
    it(`is refused, and nothing of the file behind it is printed: ${name}`, async () => {
      await linkedProject(name);
      for (const args of [
        ['run', 'batches/'],
        ['run', `batches/${name}`],
        ['validate', `batches/${name}`],
        ['plan', `batches/${name}`],
      ]) {
        const ended = await project.run(...args);
        expect([args, ended.code]).toEqual([args, 3]);
        expect(ended.stderr + ended.stdout).toContain('is a symbolic link');
        expect(ended.stderr + ended.stdout + (await writtenTexts())).not.toContain('secret-of');
      }
      expect(project.book()).toEqual([]);
    });
  }

  it('keeps no other batch of the folder from being paid', async () => {
    await linkedProject('november.csv');
    await project.write('batches/october.csv', csvOf(2));
    expect((await project.run('run', 'batches/')).code).toBe(3);
    expect(project.book()).toHaveLength(2);
  });
});
