//! What the reference's line editor writes to show a line as it grows, on a terminal it knows little
//! about.
//!
//! A terminal without a name, or a dumb one, shows a long line by its end, behind a `<`. The others
//! are taken for what most are: they begin a new row when one is full.

/// What is known of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether a full row goes on in the next one.
    pub wraps: bool,
    /// Whether several bytes may be one character.
    pub utf8: bool,
}

impl Screen {
    /// What the environment says of it.
    pub fn of_the_process() -> Screen {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
        let width = number("COLUMNS").filter(|columns| (1..=1 << 16).contains(columns)).unwrap_or(80);
        let terminal = std::env::var("TERM").unwrap_or_default();
        // A terminal of one row cannot wrap.
        let wraps = !matches!(terminal.as_str(), "" | "dumb" | "unknown") && number("LINES") != Some(1);
        Screen { width, wraps, utf8: locale_is_utf8() }
    }
}

fn locale_is_utf8() -> bool {
    let named = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(std::env::var_os).find(|value| !value.is_empty());
    named.is_some_and(|value| {
        let value = value.to_string_lossy().to_ascii_lowercase();
        value.ends_with("utf-8") || value.ends_with("utf8")
    })
}

/// One column, or a character that is shown as one.
type Cell = Vec<u8>;

/// What stands on the screen behind a prompt.
pub struct Display {
    screen: Screen,
    prompt: usize,
    row: Vec<Cell>,
    cursor: usize,
}

impl Display {
    /// A screen that shows a prompt.
    pub fn new(screen: Screen, prompt: &str) -> Display {
        let row: Vec<Cell> = prompt.bytes().map(|byte| vec![byte]).collect();
        Display { screen, prompt: row.len(), cursor: row.len(), row }
    }

    /// Writes what makes the screen show `line` with the cursor at byte `cursor` of it.
    pub fn update(&mut self, line: &[u8], cursor: usize, shown: &mut Vec<u8>) {
        let mut row: Vec<Cell> = self.row[..self.prompt].to_vec();
        let mut column = row.len();
        for (index, byte) in line.iter().enumerate() {
            if index == cursor {
                column = row.len();
            }
            match row.last_mut() {
                Some(cell) if self.screen.utf8 && index > 0 && byte & 0xc0 == 0x80 => cell.push(*byte),
                _ => push(&mut row, *byte, self.screen.width),
            }
        }
        if cursor >= line.len() {
            column = row.len();
        }
        if self.screen.wraps {
            self.wrap(&row, column, shown);
        } else {
            self.scroll(&row, column, shown);
        }
        (self.row, self.cursor) = (row, column);
    }

    /// Writes what the editor does with the last row when a line is complete, and the newline.
    pub fn leave(&mut self, shown: &mut Vec<u8>) {
        let width = self.screen.width;
        // Reference: a row that is exactly full is drawn once more.
        if self.screen.wraps && self.row.len().is_multiple_of(width) && self.row.len() > self.prompt {
            shown.extend(b" \r\x1b[A");
            let last = &self.row[self.row.len() - width..];
            shown.extend(last[..width - 1].concat());
            shown.extend(b"\x1b[K");
            shown.extend(&last[width - 1]);
        }
        shown.push(b'\n');
    }

    /// One row; a line that does not fit is shown by the part before the cursor.
    fn scroll(&self, row: &[Cell], column: usize, shown: &mut Vec<u8>) {
        let (old, new) = (self.window(&self.row, self.cursor), self.window(row, column));
        let same = old.0.iter().zip(&new.0).take_while(|(a, b)| a == b).count();
        if same == old.0.len() && same == new.0.len() {
            return move_cursor(&new.0, old.1, new.1, shown);
        }
        move_cursor(&old.0, old.1, same, shown);
        shown.extend(new.0[same..].concat());
        let surplus = old.0.len().saturating_sub(new.0.len());
        shown.extend(std::iter::repeat_n(b' ', surplus));
        move_cursor(&new.0, new.0.len() + surplus, new.1, shown);
    }

    /// What of a row is shown, and where the cursor is in it.
    fn window(&self, row: &[Cell], column: usize) -> (Vec<Cell>, usize) {
        let width = self.screen.width;
        if column + 2 <= width {
            return (row[..row.len().min(width.saturating_sub(1))].to_vec(), column);
        }
        let start = column - (2 * (width / 3)).min(column);
        let end = row.len().min(start + width.saturating_sub(1)).max(start);
        let mut shown = row[start..end].to_vec();
        if let Some(first) = shown.first_mut() {
            *first = vec![b'<'];
        }
        (shown, column - start)
    }

    /// Rows one below the other. Only what grows at its end is shown as the reference shows it.
    fn wrap(&self, row: &[Cell], column: usize, shown: &mut Vec<u8>) {
        let same = self.row.iter().zip(row).take_while(|(a, b)| a == b).count();
        if same < self.row.len() || self.cursor < self.row.len() || column < row.len() {
            return self.scroll(row, column, shown);
        }
        for (index, cell) in row.iter().enumerate().skip(same) {
            shown.extend(cell);
            // Reference: the cursor is brought to the next row by a character, and the row begun once more.
            if index > 0 && index.is_multiple_of(self.screen.width) {
                shown.push(b'\r');
                shown.extend(cell);
            }
        }
    }
}

/// Moves the cursor within a row, whichever way is the shorter one.
fn move_cursor(row: &[Cell], from: usize, to: usize, shown: &mut Vec<u8>) {
    if to >= from {
        shown.extend(row.get(from..to).unwrap_or_default().concat());
    } else if to + 1 < from - to {
        shown.push(b'\r');
        shown.extend(row.get(..to).unwrap_or_default().concat());
    } else {
        shown.extend(std::iter::repeat_n(0x08, from - to));
    }
}

/// Adds a byte as it is shown: tabs to the next stop, control characters by their letter.
fn push(row: &mut Vec<Cell>, byte: u8, width: usize) {
    match byte {
        b'\t' => {
            // Reference: stops are counted from the beginning of a row, also where there is only one.
            let stop = row.len() + 8 - row.len() % width % 8;
            row.resize(stop, vec![b' ']);
        }
        0..0x20 => row.extend([vec![b'^'], vec![byte | 0x40]]),
        0x7f => row.extend([vec![b'^'], vec![b'?']]),
        _ => row.push(vec![byte]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(screen: Screen, line: &[u8]) -> Vec<u8> {
        let mut display = Display::new(screen, "ipmitool> ");
        let mut shown = Vec::new();
        display.update(line, line.len(), &mut shown);
        display.leave(&mut shown);
        shown
    }

    #[test]
    fn a_dumb_terminal_shows_the_end_of_a_long_line() {
        let dumb = Screen { width: 80, wraps: false, utf8: false };
        assert_eq!(shown(dumb, &[b'a'; 68]), [&[b'a'; 68][..], b"\n"].concat());
        assert_eq!(shown(dumb, &[b'a'; 69]), [b"\r<", &[b'a'; 51][..], b"\n"].concat());
        for width in 1..20 {
            shown(Screen { width, wraps: false, utf8: false }, &[b'\t'; 30]);
            shown(Screen { width, wraps: true, utf8: true }, &[b'\t'; 30]);
        }
    }

    #[test]
    fn other_terminals_go_on_in_the_next_row() {
        let other = Screen { width: 80, wraps: true, utf8: true };
        assert_eq!(shown(other, &[b'a'; 71]), [&[b'a'; 71][..], b"\ra\n"].concat());
        assert_eq!(
            shown(other, &[b'a'; 152]),
            [&[b'a'; 71][..], b"\r", &[b'a'; 81], b"\r", &[b'a'; 2], b"\n"].concat()
        );
    }
}
