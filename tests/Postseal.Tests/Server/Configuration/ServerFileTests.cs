using System.Text;
using CsCheck;
using Postseal.Server.Configuration;
using Xunit;

namespace Postseal.Tests.Server.Configuration;

/// <summary>The file: every way to get it wrong, with its line and what is allowed.</summary>
public sealed class ServerFileTests
{
    [Theory]
    [InlineData("", "f:1: nothing is switched on: the site is, as soon as there is a line [web]")]
    [InlineData("[lokup]\ndns = 'x'", "f:1: there is no table [lokup]; did you mean 'lookup'?")]
    [InlineData(
        "[database]\nx = 1\n[web]",
        "f:1: there is no table [database]; there are [web], [private], [store], [lookup], [sender-test], [log] and [telemetry]"
    )]
    [InlineData("listen = '127.0.0.1:1'\n[web]", "f:1: 'listen' stands outside of any table; write it below [web]")]
    [InlineData(
        "lisen = '127.0.0.1:1'\n[web]",
        "f:1: 'lisen' stands outside of any table; did you mean 'listen'?; there are [web], [private], [store], [lookup], [sender-test], [log] and [telemetry]"
    )]
    [InlineData("web = 1", "f:1: web is a table: [web]")]
    [InlineData("[web]\nlisen = 'x'", "f:2: [web] has no setting 'lisen'; did you mean 'listen'?")]
    [InlineData("[web]\npublic_url = 'x'", "f:2: [web] has no setting 'public_url'; did you mean 'public-url'?")]
    [InlineData("[web]\npostgres = 'x'", "f:2: [web] has no setting 'postgres'; it belongs to [store]")]
    [InlineData("[web]\n[log]\ncolour = 1", "f:3: [log] has no setting 'colour'; there are level, format")]
    [InlineData("[web]\n[monitor]\na = 1\nb = 2", "f:2: [monitor] is not part of this version")]
    [InlineData("[web]\nrunning = '5'", "f:2: web.running is a whole number without quotes")]
    [InlineData("[web]\nlisten = 8080", "f:2: web.listen is a text in quotes, or several in [ ]")]
    [InlineData("[web]\n[web.listen]\n", "f:2: web.listen is a text in quotes, or several in [ ], no table")]
    [InlineData("[web]\nlisten.a = 'x'", "f:2: web.listen is a text in quotes, or several in [ ], no table")]
    [InlineData("[web]\n[lookup]\nallow-private = 1", "f:3: lookup.allow-private is true or false, without quotes")]
    [InlineData(
        "[[web]]",
        "f:1: there is no [[array of tables]] here; there are [web], [private], [store], [lookup], [sender-test], [log] and [telemetry]"
    )]
    public void A_file_that_is_wrong_is_told_where_and_how(string text, string problem) =>
        Assert.Equal([problem], ServerFile.Parse("f", Encoding.UTF8.GetBytes(text)).Problems);

    [Fact]
    public void All_problems_are_told_at_once_in_the_order_of_the_file()
    {
        var file = ServerFile.Parse("f", "[web]\nlisen = 1\n[log]\nlevel = 1\n[monitor]"u8);
        Assert.Equal(["f:2", "f:4", "f:5"], file.Problems.Select(p => p[..3]));
    }

    [Theory]
    [InlineData("[web]\n[store]\npostgres = \"Host=db;Password=hunter2")]
    [InlineData("[web]\n[store]\npostgres = \"Host=db;Password=hunter2\" x")]
    [InlineData("[web]\n[store]\npostgres = 'Password=hunter2'\npostgres = 'Password=hunter2'")]
    [InlineData("[web]\nstore = { postgres = 'Password=hunter2' }\n[store]\npostgres = 'Password=hunter2'")]
    [InlineData("[web]\npostgres = 'Password=hunter2'")]
    [InlineData("postgres = 'Password=hunter2'\n[web]")]
    [InlineData("[web]\n[store]\npostgres = 'Password=hunter2'")]
    [InlineData("[web]\n[store]\npostgres = 'hunter2'")]
    [InlineData("[web]\n[store]\npostgres = 'Host=db;Port=hunter2'")]
    [InlineData("[web]\n[store]\npostgres = ['hunter2']")]
    [InlineData("[web]\npublic-url = 'https://me:hunter2@check.example'")]
    public void No_problem_shows_a_password(string text)
    {
        var reading = ServerReading.Of(ServerFile.Parse("f", Encoding.UTF8.GetBytes(text)), null, _ => null);
        Assert.NotEmpty(reading.Problems);
        Assert.DoesNotContain(reading.Problems, p => p.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() =>
        Assert.Equal(
            ["cannot read '/nonexistent/f.toml': there is no such file"],
            ServerFile.Read("/nonexistent/f.toml").Problems
        );

    [Fact]
    public void A_folder_is_told() => Assert.Equal(["cannot read '/etc': it is a folder"], ServerFile.Read("/etc").Problems);

    [Fact]
    public void No_text_makes_it_throw()
    {
        string[] parts =
        [
            .. ServerSetting.All.Select(s => s.Name),
            .. ServerSetting.Sections.Select(s => $"[{s}]"),
            .. "\n|\n|\n| = |'|\"|\"\"\"|[|]|[[|{|}|.|,|1|-1|1.5|true|127.0.0.1:1|https://a|::|0/0|#|x|\u0000|\uFEFF|10.0.0.0/8|Host=a|99999999999999999999".Split(
                '|'
            ),
        ];
        Gen.Int[0, parts.Length - 1]
            .Select(i => parts[i])
            .List[0, 40]
            .Sample(list => Judge(Encoding.UTF8.GetBytes(string.Concat(list))), iter: 3000);
        Gen.Byte.Array[0, 200].Sample(Judge, iter: 2000);

        static void Judge(byte[] text) => ServerReading.Of(ServerFile.Parse("f", text), null, _ => null);
    }
}
