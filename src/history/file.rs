//! A list as a file, written while it is read: a table, or JSON.

use bytes::Bytes;
use futures::stream::{self, Stream};
use serde::Serialize;

use super::HistoryError;
use crate::store::StoreError;

/// Lines of one file.
pub const MOST_LINES: usize = 100_000;

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
}

/// One line.
pub(super) trait Record: Serialize + Send {
    /// The columns, in their order; the fields of the JSON.
    const COLUMNS: &'static [&'static str];

    /// In the order of the columns.
    fn cells(self) -> Vec<String>;
}

/// Reads the lines, some at a time.
pub(super) trait Lines: Send {
    type Record: Record;

    /// The next lines; none where there is none left.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Record>>, StoreError>> + Send;
}

/// The file, piece by piece.
pub(super) fn written<L: Lines>(lines: L, format: Format) -> impl Stream<Item = Result<Bytes, HistoryError>> {
    let file = File { reader: lines, format, is_begun: false, is_over: false, lines: 0 };
    stream::try_unfold(file, |mut file| async move { Ok(file.next().await?.map(|piece| (piece, file))) })
}

/// Writes what is read.
struct File<L> {
    reader: L,
    format: Format,
    is_begun: bool,
    is_over: bool,
    lines: usize,
}

impl<L: Lines> File<L> {
    async fn next(&mut self) -> Result<Option<Bytes>, HistoryError> {
        if self.is_over {
            return Ok(None);
        }
        let mut piece = Vec::new();
        if !self.is_begun {
            self.is_begun = true;
            piece.extend(begin::<L::Record>(self.format));
        }
        match self.reader.next().await? {
            None => {
                self.is_over = true;
                piece.extend(end(self.format, false));
            }
            Some(mut records) => {
                let is_cut = records.len() > MOST_LINES - self.lines;
                records.truncate(MOST_LINES - self.lines);
                for record in records {
                    piece.extend(line(self.format, record, self.lines == 0));
                    self.lines += 1;
                }
                if is_cut {
                    self.is_over = true;
                    piece.extend(end(self.format, true));
                }
            }
        }
        Ok(Some(piece.into()))
    }
}

/// A table program takes what begins so for a formula and works it out: an apostrophe makes it a text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn begin<R: Record>(format: Format) -> Vec<u8> {
    match format {
        Format::Csv => row(R::COLUMNS),
        Format::Json => b"{\"items\":[".to_vec(),
    }
}

pub(super) fn line(format: Format, record: impl Record, is_first: bool) -> Vec<u8> {
    match format {
        Format::Csv => row(&record.cells().into_iter().map(harmless).collect::<Vec<_>>()),
        Format::Json => {
            let json = serde_json::to_vec(&record).unwrap_or_else(|_| b"null".to_vec());
            [if is_first { &b"\n"[..] } else { b",\n" }, &json].concat()
        }
    }
}

fn end(format: Format, is_cut: bool) -> Vec<u8> {
    match (format, is_cut) {
        (Format::Csv, false) => Vec::new(),
        (Format::Csv, true) => row(&[format!("Cut after {MOST_LINES} lines: narrow the filter, for example by time.")]),
        (Format::Json, _) => format!("\n],\"is_cut\":{is_cut}}}\n").into_bytes(),
    }
}

/// One line of a table.
fn row(cells: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Nothing can go wrong in memory; what did would leave the line out.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default, Serialize)]
    struct Word {
        word: String,
    }

    impl Record for Word {
        const COLUMNS: &'static [&'static str] = &["word"];

        fn cells(self) -> Vec<String> {
            vec![self.word]
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(bad.to_owned()), format!("'{bad}"));
        }
        assert_eq!(harmless("1.29-dev".to_owned()), "1.29-dev");
        let text = line(Format::Csv, Word { word: "=cmd|' /C calc'!A0, \"x\"".into() }, true);
        assert_eq!(String::from_utf8(text).expect("text"), "\"'=cmd|' /C calc'!A0, \"\"x\"\"\"\n");
    }

    #[test]
    fn a_file_that_is_cut_says_so() {
        let text = String::from_utf8(end(Format::Csv, true)).expect("text");
        assert!(text.contains("Cut after 100000 lines"), "{text}");
        let whole =
            [begin::<Word>(Format::Json), line(Format::Json, Word::default(), true), end(Format::Json, true)].concat();
        let json: serde_json::Value = serde_json::from_slice(&whole).expect("JSON");
        assert_eq!((json["items"].as_array().map(Vec::len), json["is_cut"].as_bool()), (Some(1), Some(true)));
    }
}
