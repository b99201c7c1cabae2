//! Files that are damaged, lie, or were never an export: each is refused with a reason, or read with a note.

use std::io::Write;

use northing_connectors::viva_goals::{InputFile, recognise};
use proptest::prelude::{Strategy, any, proptest};

use crate::support::{brindlewick_json, import, sample};

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> InputFile {
    InputFile { name: name.to_owned(), bytes: bytes.into() }
}

fn refused(file: InputFile, word: &str) {
    let error = import(&[file]).unwrap_err();
    assert!(error.reason.contains(word), "{error}");
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    packed(entries, zip::CompressionMethod::Deflated)
}

/// As it is, so that what is large need not be compressed first.
fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    packed(entries, zip::CompressionMethod::Stored)
}

fn packed(entries: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet with these rows of XML cells.
fn workbook(rows: &str) -> InputFile {
    workbook_with(rows, None)
}

/// The same with a table of texts.
fn workbook_with(rows: &str, texts: Option<&[u8]>) -> InputFile {
    let types = br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#;
    let rels = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let book = br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Read me" sheetId="2" r:id="rId2"/><sheet name="Goals" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let book_rels = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#;
    let sheet = |rows: &str| {
        format!(
            r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
        )
    };
    let (first, second) =
        (sheet(rows), sheet(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Welcome</t></is></c></row>"#));
    let mut entries: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types),
        ("_rels/.rels", rels),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", book_rels),
        ("xl/worksheets/sheet1.xml", first.as_bytes()),
        ("xl/worksheets/sheet2.xml", second.as_bytes()),
    ];
    entries.extend(texts.map(|texts| ("xl/sharedStrings.xml", texts)));
    let bytes = stored(&entries);
    file("book.xlsx", bytes)
}

const HEAD: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Title</t></is></c><c r="B1" t="inlineStr"><is><t>Owner</t></is></c><c r="C1" t="inlineStr"><is><t>Period</t></is></c><c r="D1" t="inlineStr"><is><t>Start Date</t></is></c><c r="E1" t="inlineStr"><is><t>Progress %</t></is></c><c r="F1" t="inlineStr"><is><t>Id</t></is></c></row>"#;

#[test]
fn cells_of_every_type_are_read() {
    let rows = format!(
        r#"{HEAD}<row r="2"><c r="A2"><v>2025</v></c><c r="B2" t="b"><v>1</v></c><c r="C2" t="str"><f>"Q1"&amp;" 2025"</f><v>Q1 2025</v></c><c r="D2"><v>45658</v></c><c r="E2" t="e"><v>#N/A</v></c><c r="F2"><f>HYPERLINK("https://x/objective/77","77")</f><v></v></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>No value</t></is></c><c r="E3"><f>SUM(E1:E2)</f></c></row>"#
    );
    let set = import(&[workbook(&rows)]).unwrap();
    let first = &set.goals[0];
    assert_eq!((first.value.title.as_str(), first.source_id.as_deref()), ("2025", Some("77")));
    assert_eq!(first.value.start.unwrap().to_string(), "2025-01-01");
    assert_eq!(first.value.owners[0].name.as_deref(), Some("true"));
    assert_eq!(first.value.period.as_ref().unwrap().name.as_deref(), Some("Q1 2025"));
    for goal in &set.goals {
        assert!(goal.notes.iter().any(|it| it.field == "Progress %"), "{:?}", goal.notes);
    }
    assert!(set.goals[1].extra["Progress %"].as_str().unwrap().contains("SUM"));
}

#[test]
fn a_sheet_as_wide_as_the_format_allows_is_bounded() {
    let rows = format!(r#"{HEAD}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#);
    refused(workbook(&rows), "wider or longer");
    refused(workbook(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#), "no sheet");
}

#[test]
fn a_workbook_that_would_fill_the_memory_is_refused_before_it_is_opened() {
    let texts = |count: &str, body: &str| {
        format!(r#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount={count}>{body}</sst>"#)
            .into_bytes()
    };
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#;
    let one = "<si><t>Title</t></si>";
    // Whoever believes it asks for terabytes, and the process ends.
    for count in [r#""100000000000""#, r#""18446744073709551615""#, " \n'99999999'"] {
        refused(workbook_with(rows, Some(&texts(count, one))), "more than its size");
    }
    refused(workbook_with(rows, Some(&texts(r#""1""#, one))), "no sheet");
    let large = "<si><t>0123456789</t></si>".repeat(66 * 1024 * 1024 / 26);
    refused(workbook_with(rows, Some(&texts(r#""1""#, &large))), "more than 64 MiB of text");
    // Packed, a bomb like any other.
    let bomb =
        zipped(&[("[Content_Types].xml", b"<x/>"), ("xl/sharedStrings.xml", &vec![b' '; 40 * 1024 * 1024])]);
    refused(file("book.xlsx", bomb), "times its size");
}

#[test]
fn a_million_empty_rows_and_thousands_of_empty_columns_are_nothing() {
    let mut rows = String::from(HEAD);
    for row in 2..1_000_000 {
        rows.push_str(&format!(r#"<row r="{row}"/>"#));
    }
    let cells: String = (0..8_000).map(|_| r#"<c t="inlineStr"><is><t></t></is></c>"#).collect();
    rows.push_str(&format!(r#"<row r="1000000">{cells}</row>"#));
    rows.push_str(r#"<row r="1000001"><c r="A1000001" t="inlineStr"><is><t>Grow</t></is></c></row>"#);
    let set = import(&[workbook(&rows)]).unwrap();
    assert_eq!(set.goals.len(), 1, "{:?}", set.left_out);
    assert_eq!((set.goals[0].value.title.as_str(), set.goals[0].place.row), ("Grow", 1_000_001));
}

#[test]
fn a_nul_is_named_by_file_row_and_field() {
    let error = import(&[file("x.csv", "Title,Owner,Period\nGrow,A\0B,Q1\n")]).unwrap_err();
    assert_eq!((error.file.as_str(), error.row), ("x.csv", Some(2)));
    assert!(error.reason.contains("column 2 holds a NUL"), "{error}");
    let mut files = brindlewick_json();
    let goals = files.iter_mut().find(|it| it.name.starts_with("objectives")).unwrap();
    goals.bytes = br#"[{"ID":1,"Title":"A","Type":"Objective","Outcome":{}},{"ID":2,"Title":"B","Type":"Objective","Outcome":{"Metric Name":"x\u0000"}}]"#.to_vec();
    let error = import(&files).unwrap_err();
    assert!(error.file.starts_with("objectives") && error.row == Some(2), "{error}");
    assert!(error.reason.contains("Outcome holds a NUL"), "{error}");
    // UTF-16 without a mark is full of them.
    let utf16: Vec<u8> = "Title,Owner,Period\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(file("x.csv", utf16), "CSV UTF-8");
}

#[test]
fn files_of_two_organisations_are_refused_by_name() {
    let mut files = brindlewick_json();
    let users = files.iter_mut().find(|it| it.name.starts_with("Users")).unwrap();
    users.name = users.name.replace("70731", "72583");
    let (mine, error) = (users.name.clone(), import(&files).unwrap_err());
    assert!(error.reason.contains("different organisations"), "{error}");
    assert!(error.file == mine || error.reason.contains(&mine), "{error}");
}

#[test]
fn a_quotation_that_is_never_closed_names_the_row_where_it_begins() {
    let error = import(&[file("x.csv", "Title,Owner,Period\nA,B,C\n\"Grow,B,C\nNext,O,Q1\nLast,O,Q1\n")])
        .unwrap_err();
    assert!(error.row == Some(3) && error.reason.contains("do not pair up"), "{error}");
}

#[test]
fn archives_that_hide_something_are_refused() {
    let mut twice = zipped(&[("Tags_a.json", b"[]"), ("Tags_b.json", b"[]")]);
    for at in 0..twice.len() - 11 {
        if &twice[at..at + 11] == b"Tags_b.json" {
            twice[at + 5] = b'a';
        }
    }
    refused(file("set.zip", twice), "name");
    let sheet = zipped(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")]);
    refused(file("set.zip", zipped(&[("goals.xlsx", &sheet)])), "inside an archive");
    refused(
        file("talk.pptx", zipped(&[("[Content_Types].xml", b"<x/>"), ("ppt/presentation.xml", b"<x/>")])),
        "presentations",
    );
    let mut lying = zipped(&[("Tags_x.json", &vec![b' '; 30 * 1024 * 1024])]);
    let size = u32::try_from(30 * 1024 * 1024).unwrap().to_le_bytes();
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == size {
            lying[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
        }
    }
    let error = import(&[file("set.zip", lying)]).unwrap_err();
    assert!(error.reason.contains("unpack"), "{error}");
}

#[test]
fn other_encodings_and_formats_say_what_to_do() {
    let utf16: Vec<u8> = "\u{feff}Title,Owner,Period\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(file("x.csv", utf16), "CSV UTF-8");
    let latin = b"Title,Owner,Period\nGrow,J\xf6rg,Q1\n".to_vec();
    let error = import(&[file("x.csv", latin)]).unwrap_err();
    assert_eq!((error.row, error.reason.contains("column 2 is not UTF-8")), (Some(2), true), "{error}");
    refused(file("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted".to_vec()), "password");
    refused(file("x.pdf", b"%PDF-1.7".to_vec()), "not a known export");
    refused(file("x.csv", b"a,b,c\n1,2,3\n".to_vec()), "not a known export");
    refused(file("empty.csv", b"\xef\xbb\xbf  \n".to_vec()), "empty");
}

#[test]
fn a_table_cut_off_within_a_cell_is_refused() {
    let error =
        import(&[file("x.csv", "Title,Owner,Period\nA,B,C\n\"Grow,B".as_bytes().to_vec())]).unwrap_err();
    assert!(error.reason.contains("cut off") && error.row == Some(3), "{error}");
    let mut cut = sample("brindlewick/xlsx/VivaGoals_70731_all_objectives_2025_12_12_1765548309.xlsx");
    cut.bytes.truncate(cut.bytes.len() / 2);
    refused(cut, "damaged");
}

#[test]
fn odd_cells_are_kept_with_a_note() {
    let text = "Id,Title,Owner,Period,Start Date,Progress %,Score,Status,Checkins\n\
        1,=cmd|' /C calc'!A1,O,Q1,12/31/2025,NaN,7,Sleeping,Checkin Date: 2025-13-45; User: A;\n\
        1,Twice,O,Q1,2025-01-01,\"1,234.5\",0.5,Behind,\n\
        ,,O,Q1,,,,,\n";
    let set = import(&[file("x.csv", text)]).unwrap();
    let goal = &set.goals[0];
    assert_eq!(goal.value.title, "=cmd|' /C calc'!A1");
    for field in ["Start Date", "Progress %", "Score", "Status", "Checkins, column 9"] {
        assert!(goal.notes.iter().any(|it| it.field == field), "{field}: {:?}", goal.notes);
    }
    assert_eq!(goal.extra["Progress %"], "NaN");
    let reasons: Vec<_> = set.left_out.iter().map(|it| (it.place.row, it.reason.as_str())).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.contains(&(4, "the cell Title is empty")));
    assert!(reasons.iter().any(|(row, why)| *row == 3 && why.contains("twice")));
}

#[test]
fn titles_of_megabytes_cross_the_readers() {
    let title = "x".repeat(10 * 1024 * 1024);
    let csv = file("x.csv", format!("Title,Owner,Period\n{title},O,Q1\n"));
    assert_eq!(import(&[csv]).unwrap().goals[0].value.title.len(), title.len());
    let json = file("objectives_x.json", format!(r#"[{{"ID":1,"Title":"{title}","Outcome":{{}}}}]"#));
    assert_eq!(import(&[json]).unwrap().goals[0].value.title.len(), title.len());
}

#[test]
fn a_duplicate_identifier_in_json_names_its_record() {
    let mut files = brindlewick_json();
    let tags = files.iter_mut().find(|it| it.name.starts_with("Tags")).unwrap();
    tags.bytes = br#"[{"ID":1,"Tag Name":"a"},{"ID":1,"Tag Name":"b"}]"#.to_vec();
    let error = import(&files).unwrap_err();
    assert!(
        error.file.starts_with("Tags") && error.row == Some(2) && error.reason.contains("twice"),
        "{error}"
    );
}

/// Text in which the words of the formats are frequent.
fn words() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(vec![
        "Checkin Date:",
        " 2025-03-10",
        ";",
        " User:",
        " Note:",
        " Metric Name:",
        " Status:",
        " Current Value:",
        " 7.1 M",
        "25%",
        " Activity Date:",
        "(weight:",
        " 14.29%",
        ", Id:",
        " 12",
        ")",
        "(",
        ", ",
        "\n",
        "é",
        "\"",
        "=",
    ]);
    proptest::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_cell_makes_a_view_panic(cell in words(), aligned in words(), junk in any::<String>()) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let text = format!(
            "Title,Period,Aligned To,Owner,Checkins\n{},Q1,{},{},{}\n",
            quoted(&format!("T{junk}")), quoted(&aligned), quoted(&junk), quoted(&cell)
        );
        let set = import(&[file("x.csv", text)]).unwrap();
        assert_eq!(set.goals.len(), 1);
    }

    #[test]
    fn no_bytes_make_recognition_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), head in 0..3_usize) {
        let mut all = [&b"Title,Owner,Period\n"[..], b"\xef\xbb\xbfTitle;Owner;Team\n", b"PK\x05\x06"][head].to_vec();
        all.extend(bytes);
        let _outcome = recognise(&[file("x", all)]).map(|it| it.len());
    }

    #[test]
    fn a_note_of_any_text_comes_back_whole(note in "[^;\\r\\x00]{0,40}(; [A-Za-z ]{1,12}){0,3}", user in "[A-Za-z, .]{1,20}") {
        let (note, user) = (note.trim().to_owned(), user.trim().to_owned());
        let cell = format!("Checkin Date: 2025-03-10; User: {user}; Note: {note}; Status: Behind; Current Value: 25%; Activity Date: 2025-03-10 20:57:08 UTC;");
        let text = format!("Title,Period,Checkins\nT,Q1,\"{}\"\n", cell.replace('"', "\"\""));
        let set = import(&[file("x.csv", text)]).unwrap();
        let it = &set.check_ins[0].value;
        assert_eq!(it.note.clone().unwrap_or_default(), note);
        assert_eq!(it.author.clone().and_then(|it| it.name).unwrap_or_default(), user);
    }

    #[test]
    fn titles_of_parents_come_back_whole(titles in proptest::collection::vec("[A-Za-z(][A-Za-z0-9 ()%:.]{0,30}[A-Za-z)]", 1..4)) {
        let cell: Vec<String> = titles.iter().zip(1..).map(|(t, id)| format!("{t}(weight: {id}.5%, Id: {id})")).collect();
        let text = format!("Title,Period,Aligned To\nT,Q1,\"{}\"\n", cell.join(", "));
        let set = import(&[file("x.csv", text)]).unwrap();
        let found: Vec<_> = set.goals[0].value.parents.iter().map(|p| p.title.clone().unwrap()).collect();
        assert_eq!(found, titles.iter().map(|t| t.trim().to_owned()).collect::<Vec<_>>());
    }
}
