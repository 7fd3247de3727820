using System.Globalization;
using System.Net;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Lab.Https;
using Postseal.Lab.Watching;
using Postseal.Server.Configuration;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Fuzz.Targets;

/// <summary>Files and documents.</summary>
internal static class FileTargets
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] TomlWords =
    [
        "[",
        "]",
        "[[a]]",
        " = ",
        "\"",
        "'''",
        "\"\"\"",
        "true",
        "2027-01-31",
        "{",
        "}",
        "#",
        "\n",
        "[overrides.\"a.test\"]",
        "action = \"off\"",
        "expires = ",
        "\\u0000",
    ];

    public static IEnumerable<FuzzTarget> All =>
        [
            new("toml-policyd", Policyd)
            {
                Seeds = () => Seeds.Toml("policyd.toml"),
                Words = TomlWords,
                MaxLength = 8192,
            },
            new("toml-server", Server)
            {
                Seeds = () => Seeds.Toml("server.toml"),
                Words = [.. TomlWords, "[sender-test]", "[web]", "postgres = "],
                MaxLength = 8192,
            },
            new("tls-report", Report)
            {
                Seeds = () =>
                    Seeds.Texts(
                        """{"organization-name":"a","date-range":{"start-datetime":"2026-11-01T00:00:00Z","end-datetime":"2026-11-01T23:59:59Z"},"policies":[{"policy":{"policy-type":"sts","policy-domain":"a.test"}}]}"""
                    ),
                Words =
                [
                    "\"policies\":",
                    "[",
                    "{",
                    "null",
                    "\"policy-domain\":",
                    "\\ud800",
                    "1e999",
                    "\"date-range\":",
                    "-0001-01-01T00:00:00Z",
                ],
            },
            new("report-period", Period)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "filename=\"b!a.test!1761955200!1762041599!1.json.gz\"",
                        "2026-11-01T00:00:00Z\n2026-11-01T23:59:59+23:59"
                    ),
                Words = ["name=\"", "!", "99999999999", "0001-01-01", "9999-12-31T23:59:59-14:00", "\n"],
                MaxLength = 1000,
            },
            new("observation", Kept)
            {
                Seeds = () => Seeds.Texts("mx1.a.test\0token@a.test\0EHLO name", "a\ud800\0\u0000\0b"),
                MaxLength = 6000,
            },
        ];

    private static void Policyd(byte[] input)
    {
        var file = ConfigurationFile.Parse("a.toml", input, Now);
        var problems = file.Problems.ToList();
        _ = new SettingReader(file.Settings, problems).Read("a.toml", new(file.Overrides));
        foreach (var problem in problems.Concat(file.Warnings))
            Text.IsPrintable(problem, 2000);
    }

    private static void Server(byte[] input)
    {
        var reading = ServerReading.Of(ServerFile.Parse("a.toml", input), null, _ => null);
        Invariant.Holds(reading.Configuration is null == reading.Problems.Count > 0, "a configuration or problems");
        foreach (var problem in reading.Problems.Concat(reading.Warnings))
            Text.IsPrintable(problem, 2000);
    }

    private static void Report(byte[] input)
    {
        foreach (var isPacked in (bool[])[false, true])
        {
            if (ReportReading.Of(input, isPacked) is { } subject)
                Invariant.Holds(subject.Domain.Length <= input.Length || isPacked, "a domain longer than the report");
        }
    }

    private static void Period(byte[] input)
    {
        var lines = Text.Latin1(input).Split('\n');
        _ = ReportPeriod.OfFileName(lines[0]);
        _ = ReportPeriod.OfDates(lines[0], lines.ElementAtOrDefault(1));
    }

    // What senders write is kept as JSON, and comes back as it was cut.
    private static void Kept(byte[] input)
    {
        var texts = Text.Utf16(input).Split('\0');
        string Of(int i) => texts.ElementAtOrDefault(i) ?? "";
        Observation[] seen =
        [
            new Observation.Delivered(Now, IPAddress.IPv6Loopback, Of(0), Of(1), true) { Sender = Of(2), TlsRequired = Of(0) },
            new Observation.Greeted(Now, null, Of(0), Of(1), false),
            new Observation.Fetched(Now, IPAddress.Loopback, Of(0), Of(1), Of(2), input.Length),
        ];
        foreach (var one in seen)
        {
            var text = ObservationText.Of(one);
            Invariant.Holds(text.Length < 20_000 && !text.Contains('\0'), "it is kept too long, or with a NUL");
            var again = ObservationText.Read(text);
            Invariant.Holds(
                ObservationText.Of(again) == text,
                string.Create(CultureInfo.InvariantCulture, $"kept again it is another: {text}")
            );
        }
    }
}
