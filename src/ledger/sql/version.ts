/** Raised with every change of `schemaOf`; a store migrates from the versions before. */
export const SCHEMA_VERSION = 6;

/** Version of the rows of `entries` and `batches`, written into each of them. */
export const ROW_FORMAT = 1;
