import { projectsFormat } from '../project/formatter.js';
import type { Plan, PlannedFile } from './plan.js';

/** Formats what is inserted into the project's own files as the project does, if they were formatted before. */
export async function inTheirFormat(plan: Plan): Promise<Plan> {
  const format = projectsFormat(plan.target);
  const files: PlannedFile[] = [];
  for (const file of plan.files) {
    const isTheirs = plan.toFormat?.includes(file.path) === true;
    const after = isTheirs ? await format(file.path, file.after) : file.after;
    if (after !== file.before) files.push({ ...file, after });
  }
  return { ...plan, files };
}
