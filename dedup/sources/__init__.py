"""Stage 1: paths to documents.

reader          `read`, `Reader`: files to documents, one by one; what cannot be read becomes a notice
formats         the registry: every format, in the order in which a file is offered to them
one file a format: plain_text · html · feed · jsonl · jsontree · delimited (CSV) · parquet · warc · office (PDF, DOCX) ·
                archive (ZIP, tar) · compressed (gzip, …)
common          what a format receives and returns: `File`, `Record`, `Position`, `Notices`, `ReadContext`, `Format`
walk            which files to read: folders, globs; path_list (lists of paths), metadata_table (`metadata.csv` beside files)
fields          rows of named values to records; the names themselves are in `dedup.params`
times · encoding · declared · markup · limits · streams   dates; bytes to text; what pages declare; HTML; bounds; byte streams
ids             one id for one text; spool (documents on disk); reread (texts of a report, read again)
"""
