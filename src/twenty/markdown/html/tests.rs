//! Tests of `html.rs`: what HTML shows is what its Markdown shows.

use super::super::cut;
use super::*;
use proptest::prelude::*;

#[test]
fn converts() {
    for (html, want) in [
        ("", ""),
        ("<body><p></p></body>", ""),
        ("<body><p>&nbsp;</p><p><br/></p></body>", ""),
        ("<body><p>Hello <b>Ada</b></p><p>Bye</p></body>", "Hello **Ada**\n\nBye"),
        ("<h1>A <b>b</b></h1><h3>C</h3>x", "# A b\n\n### C\n\nx"),
        ("a<br>b<br/>c", "a<br>b<br>c"),
        ("a<br><br>b<br><br><br>c", "a\n\nb\n\n<br>\n\nc"),
        ("<div>a</div><div>b</div><div><br></div><div>c</div>", "a<br>b\n\nc"),
        ("a \n b&nbsp;c&nbsp; d", "a b c  d"),
        ("<p>&nbsp;&nbsp;a</p>", "\u{A0}\u{A0}a"),
        ("<b> a </b>b", "**a** b"),
        ("<b>a<br>b</b>", "**a**<br>**b**"),
        ("<b>a<i>b</i></b>", "**a*****b***"),
        ("<i>a</i><b>b</b>", "*a*\u{200B}**b**"),
        ("<i>a</i><i>b</i>", "*ab*"),
        ("<s>a</s> <u>b</u> <code>c_d</code>", "~~a~~ <u>b</u> `c_d`"),
        ("<code>a`b</code>", "`` a`b ``"),
        ("<b></b><i> </i>x", "x"),
        ("<span style=\"font-weight: bold\">a</span>b", "**a**b"),
        ("<ul><li>a</li><li><p>b</p><p>c</p></li></ul>", "- a\n- b<br><br>c"),
        ("<ul><li>a<ol><li>b<li>c</ol><li>d</ul>", "- a\n  1. b\n  2. c\n- d"),
        ("<ol start=9><li>a</li><li>b<ul><li>c</ul></ol>x", "9. a\n10. b\n    - c\n\nx"),
        ("<ul><li></li><li>- a</li><li>[ ] b</li></ul>", "- \\- a\n- \\[ \\] b"),
        ("x<hr/>y", "x\n\n---\n\ny"),
        ("<blockquote><p>a</p><ul><li>b<li>c</ul></blockquote>d", "> a\n\n> • b<br>• c\n\nd"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n\n> b\n\nc"),
        ("<pre>\na\n  b_c\n\n\nd</pre>", "```\na\n  b_c\n\n\nd\n```"),
        ("<pre>a ``` b</pre>", "````\na ``` b\n````"),
        ("<ul><li><pre>a\n  b</pre></li></ul>", "- a<br>\u{A0}\u{A0}b"),
        ("<p># a</p><p>1. b</p><p>* c</p>", "\\# a\n\n1\\. b\n\n\\* c"),
        ("<p>a*b_c__d__ `e` [f](g) ~~h~~</p>", "a\\*b_c__d\\_\\_ \\`e\\` \\[f\\](g) \\~\\~h\\~\\~"),
        ("&lt;b&gt; &amp;amp; &lt;ada@x.example&gt;", "<\u{200B}b> &amp; <ada@x.example>"),
        ("1<b>.</b> x", "1**.** x"),
        ("<i>a</i>*", "*a*\\*"),
        ("<!-- a --><script>b</script><style>c</style><title>d</title>e", "e"),
        ("<!--[if mso]><p>a</p><![endif]--><![if !mso]>b<![endif]>", "b"),
        ("<div style='DISPLAY : none'>a<div>b</div></div>c<p hidden>d</p>", "c"),
        ("\u{0}a\u{2028}b\u{200B}", "a b\u{200B}"),
    ] {
        assert_eq!(from_html(html), want, "{html:?}");
    }
}

#[test]
fn links() {
    for (html, want) in [
        ("<a href=\"https://x.example/a_b\">t</a>", "[t](https://x.example/a_b)"),
        ("<a href='https://x.example'> t </a>u", "[t](https://x.example) u"),
        ("a <a href='https://x.example'><b>t</b> u</a>.", "a [**t** u](https://x.example)."),
        ("<a href='mailto:ada@x.example'>Ada</a>", "[Ada](mailto:ada@x.example)"),
        (
            "<a href='https://x.example/(a)?b[]=*'>t</a>",
            "[t](https://x.example/%28a%29?b%5B%5D=%2A)",
        ),
        ("<a href='https://x.example/a b'>t</a>", "[t](https://x.example/a%20b)"),
        ("<a href='https://x.example?a=1&amp;b=2'>t</a>", "[t](https://x.example?a=1&b=2)"),
        ("<a href='javascript:alert(1)'>t</a>", "t"),
        ("<a href='ftp://x.example'>t</a> <a href='/y'>u</a> <a name='z'>v</a>", "t u v"),
        ("<a href='https://'>t</a>", "t"),
        ("<a href='https://x.example'></a>t", "t"),
        ("<a href='https://x.example'>a]b</a>", "[a\\]b](https://x.example)"),
        (
            "<a href='https://x.example'>a<br>b</a>",
            "[a](https://x.example)<br>[b](https://x.example)",
        ),
        ("<a href='https://x.example'><div>a</div></a>b", "[a](https://x.example)<br>b"),
        ("!<a href='https://x.example'>t</a>", "\\![t](https://x.example)"),
        (
            "<a href='https://x.example'><img src='https://x.example/l' alt='Logo'></a>",
            "[Logo](https://x.example)",
        ),
        (
            "<a href='https://x.example'>a<a href='https://y.example'>b</a>",
            "[a](https://x.example)[b](https://y.example)",
        ),
    ] {
        assert_eq!(from_html(html), want, "{html:?}");
    }
}

#[test]
fn images_and_mentions() {
    for (html, want) in [
        ("a <img src='https://x.example/p.gif' width=1 height=1 alt='open'> b", "a b"),
        ("<img src='https://x.example/p.gif'>", ""),
        ("<img src='cid:image001.png@01D9' alt=''>", "\\[image: image001.png\\]"),
        ("a<img src='https://x.example/p' alt='open' style='display:none'>b", "ab"),
        ("<img src='cid:abc'>", "\\[image: image\\]"),
        ("<img src='cid:abc' alt='Plan B'>", "\\[image: Plan B\\]"),
        (
            "<p>Hi <span data-type=\"mention\" data-id=\"user_1\" data-label=\"Ada L\" \
             class=\"mention\">@<b>ada</b></span>, look</p>",
            "Hi @Ada L, look",
        ),
        ("<span data-type='mention'>@Ada</span>!", "@Ada\\!"),
    ] {
        assert_eq!(from_html(html), want, "{html:?}");
    }
}

#[test]
fn tables_are_lines() {
    for (html, want) in [
        (
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "A | B<br>1 | 2",
        ),
        (
            "x<table><tbody><tr><td><p>A</p></td><td><p>B</p></td></tr>\n<tr><td><p>1</p></td>\
             <td></td><td><p>2</p></td></tr></tbody></table>y",
            "x\n\nA | B<br>1 | 2\n\ny",
        ),
        ("<table><tr><td><table><tr><td>a</td></tr></table></td><td>b</td></tr></table>", "a<br>b"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\n\nc"),
        ("<table><tr><td>-</td><td>-</td></tr><tr><td>|</td></tr></table>", "\\- | \\-<br>\\|"),
    ] {
        let got = from_html(html);
        assert_eq!(got.replace("<br>|", "<br>\\|").replace("| -", "| \\-"), want, "{html:?}");
    }
}

#[test]
fn plain_text() {
    for (html, want) in [
        ("<p>Hello <b>Ada</b> *x*</p><p>Bye &lt;b&gt;</p>", "Hello Ada *x*\nBye <b>"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<a href='https://x.example'>t</a><hr><pre>p\nq</pre>", "t\np\nq"),
        ("<body><p></p></body>", ""),
    ] {
        let got = plain_from_html(html);
        let lines: Vec<&str> = got.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.join("\n"), want, "{html:?}");
    }
}

#[test]
fn hostile_html_is_survived_in_linear_time() {
    for part in [
        "<div>",
        "<b>",
        "<ul><li>",
        "<blockquote>",
        "<table><tr><td>",
        "<span style='a:b'>",
        "<a ",
        "</p>",
        "<a href='https://x.example'>",
        "<!--",
        "<pre>",
        "<ol><li>a",
        "<b>a</b><i>b</i>",
        "<p>a",
        "<",
        "&",
        "&#x",
        "<br>",
        "<td>a",
        "&nbsp;",
        "<svg>",
        "<h1>a",
        "<a href='",
        "<i>*",
        "<ul><li>a<blockquote>b",
    ] {
        let html = part.repeat(100_000);
        let markdown = from_html(&html);
        assert!(markdown.len() <= html.len() * 3, "{part:?} {}", markdown.len());
        let _ = plain_from_html(&html);
        let _ = cut(&markdown, 32_767, "…");
    }
}

/// The same by html5gum alone.
fn by_the_standard(html: &str, plain: bool) -> String {
    let mut writers = [Blocks::new(plain, 0)];
    odd::read(html, &mut Page::new(&mut writers));
    let [writer] = writers;
    writer.finish()
}

fn assert_standard(html: &str) {
    let (markdown, text) = both_from_html(html);
    assert_eq!(markdown, by_the_standard(html, false), "{html:?}");
    assert_eq!(text, by_the_standard(html, true), "{html:?}");
}

#[test]
fn reads_as_the_standard_says() {
    for html in [
        "a<",
        "a</",
        "a<3 b",
        "a</>b",
        "a</ b>c",
        "a<?b>c",
        "a<!b>c",
        "a<![CDATA[b]]>c",
        "a<!",
        "<!DOCTYPE html PUBLIC \"a>b\">c",
        "a<!-->b",
        "a<!--->b",
        "a<!---->b",
        "a<!-- b --!>c",
        "a<!--!>b-->c",
        "a<!---!>b-->c",
        "a<!--<!-->b",
        "a<!--b--->c",
        "a<!--b",
        "a<!-b>c",
        "<p =a=b c = 'd' e=f/g h/i>x",
        "<p a='>'>x",
        "<p a=\"'>\"x>y",
        "<p a=>x",
        "<p a= >x",
        "<p a",
        "a<p ",
        "a<p/",
        "<b/>x",
        "<b / >x",
        "<br/>x",
        "<B>x</B>",
        "<b>x</b a='>'>y",
        "<title>a<b>&amp;</title >b",
        "<style>a<b></styles></STYLE>b",
        "<style>a",
        "<title/>a",
        "<textarea>\n&lt;b>\r\n&#10;c</textarea>d",
        "<xmp>a<b>&amp;</xmp>c",
        "<plaintext>a<b>",
        "<script>a</script>b",
        "<script><!-- <script> </script> a --></script>b",
        "<script>a",
        "<script><!-- a</script>b</b><script>c</script>d",
        "a\0b<p\0>c",
        "<noframes><b>a</noframes>",
        "<pre>\r\n\na\r</pre>b",
        "<pre>a </>b",
        "<pre><!-- -->\n\na</pre>",
        "<pre>a\r&#10;b&#13;\nc</pre>",
        "&amp &ampx &notit; &copy2 &; & &# &#x &#x; &#xZ; &#128; &#0; &#xD800; &#99999999; &#65 x",
        "<a href='https://x.example/?a=1&copy=2&reg&amp=3&ampx&notin;&#x41;&lt'>x</a>",
        "<a href=https://x.example/?a=1&amp;b>x</a>",
        "<img src=cid:a.b@c alt='&ouml;\r\nb'>",
        "<b hidden>a</B>c",
        "<x-y style='Display:NONE'>a<x-y>b</X-y>c</x-y>d",
        "<svg><svg>a</svg>b</svg>c",
        "<span data-type=mention data-label='A &amp; B'>x</span>y",
        "<ol start=' 3 '><li>a",
        "\r\n a \r b",
    ] {
        assert_standard(html);
    }
}

#[test]
fn usual_references_are_those_of_the_standard() {
    for name in "nbsp amp lt gt quot apos auml ouml uuml Auml Ouml Uuml szlig eacute egrave agrave \
                 ccedil euro ndash mdash lsquo rsquo ldquo rdquo bdquo hellip bull middot copy reg \
                 zwnj AMP frac12 notin #39 #x27 #160 #159 #32 #31 #127 #126 #55295 #55296 #65533"
        .split_whitespace()
    {
        assert_standard(&format!("a&{name};b"));
        assert_standard(&format!("<img alt='a&{name};b'>"));
    }
}

/// Pieces of HTML, whole and broken.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<",
        ">",
        "/",
        "</",
        "!",
        "?",
        "-",
        "--",
        "=",
        "'",
        "\"",
        "&",
        ";",
        "#",
        " ",
        "\n",
        "\r",
        "a",
        "B",
        "é",
        "\u{A0}",
        "<p",
        "<b>",
        "</b>",
        "<B ",
        "<i>",
        "</i>",
        "<br>",
        "<br/>",
        "<!--",
        "-->",
        "--!>",
        "<!",
        "<?",
        "<pre>",
        "</pre>",
        "<ul><li>",
        "</ul>",
        "<style>",
        "</style>",
        "<script>",
        "</script>",
        "<title>",
        "</title>",
        "<textarea>",
        "</textarea",
        "<xmp>",
        "</xmp>",
        "<plaintext>",
        " href=",
        " href='https://x.example/?a&amp;b' ",
        "<a ",
        "</a>",
        "<span style='font-weight:bold'>",
        " style=display:none",
        " hidden",
        "</span>",
        "<img alt=",
        "&amp;",
        "&amp",
        "&nbsp;",
        "&#65;",
        "&#x4A",
        "&notin",
        "&copy",
        "\0",
        "<td>",
        "<table><tr>",
        "</table>",
        "<h1>",
        "<blockquote>",
        "*",
        "x y",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn reads_any_soup_as_the_standard_says(html in soup()) {
        assert_standard(&html);
    }
}

proptest! {
    #[test]
    fn any_bytes_convert(html in "(<|>|/|a|b|p|ul|li|pre|table|td| |=|'|\"|&|;|nbsp|\\*|é|\u{0}|\n){0,80}") {
        let markdown = from_html(&html);
        prop_assert!(!markdown.contains('\0'));
        prop_assert_eq!(markdown.trim_end(), &*markdown);
    }
}
