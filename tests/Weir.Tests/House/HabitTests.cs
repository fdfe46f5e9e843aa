// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Tests.Support;

namespace Weir.Tests.House;

/// <summary>Habits that a reviewer should not have to ask for.</summary>
public partial class HabitTests
{
    private static readonly string[] CodeFolders = ["src", "tests", "bench", "lab"];

    private static IEnumerable<SourceFile> AllCode => CodeFolders.SelectMany(f => Repository.Sources(f));

    private static IEnumerable<SourceFile> ProgramCode => Repository.Sources("src").Concat(Repository.Sources("lab"));

    [Fact]
    public void Every_source_file_opens_with_its_licence() =>
        Breaches.None(AllCode.Where(f => f.Lines[0].TrimStart('\uFEFF') != "// SPDX-License-Identifier: Apache-2.0")
            .Select(f => f.Path));

    [Fact]
    public void No_source_file_is_longer_than_600_lines() =>
        Breaches.None(AllCode.Where(f => f.LineCount > 600).Select(f => $"{f.Path}: {f.LineCount}"));

    [Fact]
    public void Nine_of_ten_source_files_stop_at_250_lines()
    {
        var files = Repository.Sources("src").ToList();
        var longOnes = files.Where(f => f.LineCount > 250).Select(f => $"{f.Path}: {f.LineCount}").ToList();

        Assert.True(longOnes.Count <= files.Count / 10, string.Join('\n', longOnes));
    }

    [Fact]
    public void Nobody_reads_the_clock_directly() =>
        Breaches.None(Hits(ProgramCode, ClockReads()));

    [Fact]
    public void Nothing_is_left_for_later() =>
        Breaches.None(Hits(AllCode, LeftForLater()));

    [Fact]
    public void No_test_is_skipped_by_attribute() =>
        Breaches.None(Hits(Repository.Sources("tests"), SkippedTest()));

    /// <summary>Need decides between a skip and a failure, so that WEIR_REAL=must forgets no peer.</summary>
    [Fact]
    public void A_test_is_skipped_by_what_it_needs_and_nowhere_else() =>
        Breaches.None(Hits(Repository.Sources("tests").Where(f => f.Name != "Need.cs"), SkippedByHand()));

    /// <summary>A time is too short on a slow machine and lost on a fast one: Until waits for the thing.</summary>
    [Fact]
    public void No_test_waits_for_a_time() =>
        Breaches.None(Hits(
            Repository.Sources("tests/Weir.Tests").Concat(Repository.Sources("tests/Weir.EndToEnd"))
                .Where(f => f.Name is not ("Until.cs" or "HabitTests.cs")), FixedSleep()));

    [Fact]
    public void No_folder_is_a_drawer_for_everything() =>
        Assert.DoesNotContain(
            Repository.AllPaths.SelectMany(p => new SourceFile(p, "").FolderNames).Distinct(), Drawer().IsMatch);

    [Fact]
    public void No_type_is_named_after_nothing() =>
        Breaches.None(Hits(ProgramCode, EmptyName()));

    /// <summary>Words of a dialect say nothing to whoever greps for the field's or the framework's.</summary>
    [Fact]
    public void No_type_is_named_in_a_dialect() =>
        Breaches.None(Hits(AllCode, Dialect()));

    [Fact]
    public void No_path_of_one_machine_stands_in_the_tree() =>
        Breaches.None(Hits(Repository.Texts.Where(f => f.Name != "HabitTests.cs"), MachinePath()));

    [Fact]
    public void Warnings_are_switched_off_only_with_a_reason_on_the_same_line() =>
        Breaches.None(Hits(AllCode.Where(f => f.Name != "HabitTests.cs"), BarePragma()));

    [Fact]
    public void Log_event_ids_are_unique_and_lie_in_their_stages_range()
    {
        Dictionary<string, int> thousands = new()
        {
            ["Weir.Collector/Collecting"] = 1, ["Weir.Collector/Decoding"] = 2, ["Weir.Collector/Attributing"] = 3,
            ["Weir.Collector/Matching"] = 4, ["Weir.Desk/Lists"] = 4, ["Weir.Collector/Detecting"] = 5,
            ["Weir.Collector/Digesting"] = 6, ["Weir.Store"] = 7, ["Weir.Desk/Cases"] = 8, ["Weir.Desk/Policy"] = 8,
            ["Weir.Hosting/Auditing"] = 8,
            ["Weir.Desk/Mitigation"] = 9,
            ["Weir.Desk/Alerts"] = 9,
            ["Weir.Desk/Notices"] = 9,
        };
        var ids =
            (from file in ProgramCode
             from Match match in LogEvent().Matches(file.Text)
             let place = thousands.Keys.FirstOrDefault(
                 k => file.Path.StartsWith("src/" + k + "/", StringComparison.Ordinal), "")
             select (file.Path, Stage: place, Id: int.Parse(match.Groups["id"].Value))).ToList();

        Breaches.None(ids.GroupBy(i => i.Id)
            .Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(i => i.Path))}"));
        Breaches.None(ids.Where(i => thousands.TryGetValue(i.Stage, out var range) && i.Id / 1_000 != range)
            .Select(i => $"{i.Path}: {i.Id}"));
    }

    [Fact]
    public void Every_log_message_has_an_event_id() =>
        Breaches.None(from file in ProgramCode
                     from Match match in LogMessage().Matches(file.Text)
                     where !match.Value.Contains("EventId", StringComparison.Ordinal)
                     select $"{file.Path}: {match.Value}");

    private static IEnumerable<string> Hits(IEnumerable<SourceFile> files, Regex wrong) =>
        from file in files
        from line in file.Lines.Index()
        where wrong.IsMatch(line.Item)
        select $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}";

    [GeneratedRegex(
        @"^\s*(\w+ )*(class|struct|record|interface|enum) \w*(Parts|Choices|Surroundings|Doings|Place|Way)\b")]
    private static partial Regex Dialect();

    [GeneratedRegex(
        @"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|\bStopwatch\.(StartNew|GetTimestamp)\b|\bEnvironment\.TickCount")]
    private static partial Regex ClockReads();

    [GeneratedRegex("(//|/\\*).*\\b(" + "TO" + "DO|FIX" + "ME|HA" + "CK|XX" + "X)\\b|NotImplemented" + "Exception")]
    private static partial Regex LeftForLater();

    [GeneratedRegex("\\bSkip(Unless|When|Type|Exceptions)?" + " = ")]
    private static partial Regex SkippedTest();

    [GeneratedRegex("\\bAssert\\.Skip|\"SKIP" + "PED")]
    private static partial Regex SkippedByHand();

    [GeneratedRegex(@"\bThread\.Sleep\(|\bTask\.Delay\((?!Timeout\.Infinite)|\bSpinUntil\(")]
    private static partial Regex FixedSleep();

    [GeneratedRegex("^(Core|Common|Helpers?|Utils?|Utilities|Managers?|Services?|Models?|Misc|Shared)$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Drawer();

    [GeneratedRegex(@"\b(class|struct|record|interface|enum)\s+(struct\s+|class\s+)?\w*(Manager|Helpers?|Utils?|Utility|Service|Data|Info)\b(?!\s*=)")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"(?<![\w.])/(work|home/\w+|root|Users/\w+)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"#pragma warning disable [\w, ]+$")]
    private static partial Regex BarePragma();

    [GeneratedRegex(@"EventId\s*=\s*(?<id>\d+)")]
    private static partial Regex LogEvent();

    [GeneratedRegex(@"\[LoggerMessage\([^\]]*\]")]
    private static partial Regex LogMessage();
}
