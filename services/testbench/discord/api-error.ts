import type { HttpAnswer } from '../http/loopback';

/** An answer that is no success, in Discord's form. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Discord's own; 0: a plain HTTP error. */
    readonly code: number,
    message: string,
    /** What is wrong with each field of the body. */
    readonly errors?: object,
  ) {
    super(message);
  }

  answer(): HttpAnswer {
    return { status: this.status, body: { message: this.message, code: this.code, ...(this.errors ? { errors: this.errors } : {}) } };
  }
}

export const unknown = {
  channel: () => new ApiError(404, 10_003, 'Unknown Channel'),
  guild: () => new ApiError(404, 10_004, 'Unknown Guild'),
  member: () => new ApiError(404, 10_007, 'Unknown Member'),
  message: () => new ApiError(404, 10_008, 'Unknown Message'),
  user: () => new ApiError(404, 10_013, 'Unknown User'),
  webhook: () => new ApiError(404, 10_015, 'Unknown Webhook'),
  interaction: () => new ApiError(404, 10_062, 'Unknown interaction'),
  command: () => new ApiError(404, 10_063, 'Unknown application command'),
  application: () => new ApiError(404, 10_002, 'Unknown Application'),
};

export const missingAccess = () => new ApiError(403, 50_001, 'Missing Access');
export const missingPermissions = () => new ApiError(403, 50_013, 'Missing Permissions');
export const alreadyAcknowledged = () => new ApiError(400, 40_060, 'Interaction has already been acknowledged.');
export const invalidToken = () => new ApiError(401, 50_027, 'Invalid Webhook Token');
export const emptyMessage = () => new ApiError(400, 50_006, 'Cannot send an empty message');
export const unauthorized = () => new ApiError(401, 0, '401: Unauthorized');
export const notFound = () => new ApiError(404, 0, '404: Not Found');
export const methodNotAllowed = () => new ApiError(405, 0, '405: Method Not Allowed');
