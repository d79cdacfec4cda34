import { DefaultPayloadConverter } from '@temporalio/common';

/** As a user's converter module has it: under this name. */
export const payloadConverter = new DefaultPayloadConverter();
