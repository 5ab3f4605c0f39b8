/** What the world says of a check, or of all checks of a step. */
export interface Answer {
  readonly is: 'done' | 'to do' | 'not asked';
  /** Why it is not done, or was not asked. */
  readonly remark?: string;
  /** Commands that do it, where somebody knows them; a line for people starts with `#`. */
  readonly mend: readonly string[];
}

export const done = (): Answer => ({ is: 'done', mend: [] });

export const toDo = (remark?: string, mend: readonly string[] = []): Answer => ({ is: 'to do', mend, ...(remark !== undefined && { remark }) });

export const notAsked = (remark: string): Answer => ({ is: 'not asked', remark, mend: [] });
