//! A table in Markdown that grows row by row: each is shown at once, and all of them at the end.

/// The rows of this run.
pub struct Table {
    head: String,
    rule: String,
    rows: Vec<String>,
}

impl Table {
    /// An empty one with these columns.
    pub fn new(columns: &[&str]) -> Self {
        Self { head: line(columns), rule: "|---".repeat(columns.len()) + "|", rows: Vec::new() }
    }

    /// A row.
    pub fn add(&mut self, cells: &[String]) {
        let row = line(cells);
        eprintln!("{row}");
        self.rows.push(row);
    }

    /// All rows.
    pub fn print(&self) {
        println!("{}\n{}", self.head, self.rule);
        for row in &self.rows {
            println!("{row}");
        }
    }
}

fn line<T: AsRef<str>>(cells: &[T]) -> String {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |", cells.join(" | "))
}
