// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Protocol;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>The four processes under four users of this system, as <c>dist/</c> installs them: the work goes on, and
/// whoever is one of the users has what that process needs and nothing else.</summary>
[Collection(nameof(FourProcesses))]
public sealed class FourUsersTests(FourProcesses four)
{
    /// <summary>A user who has nothing to do with any of it.</summary>
    private static SystemUser Street => new("man");

    [Fact]
    public async Task An_events_case_is_recorded_read_by_an_analyst_and_compared_with_everybody_in_four_users()
    {
        await four.StartedAsync();

        var evidence = 0;
        await four["desk"].UntilAsync("a case has evidence", async () =>
        {
            foreach (var file in (await four.ListAsync("case", "list")).Take(3))
            {
                var id = file.GetProperty("case").GetString()!;
                var scope = (await four.ListAsync("case", "show", id))[0].GetProperty("scope").GetString()!;
                evidence += (await four.ListAsync("case", "evidence", id, "--scope", scope)).Count;
            }

            return evidence > 0;
        });
        Assert.True(await four["collector"].SumAsync("weir_detecting_events_opened_total") > 0);
        var report = Path.Combine(four.Place.Folder("desk"), "reports", "report.json");
        await four["desk"].UntilAsync("a report is written", () => Task.FromResult(File.Exists(report)));
        using var read = JsonDocument.Parse(await File.ReadAllTextAsync(report));
        Assert.Equal("us-provider", read.RootElement.GetProperty("profile").GetString());
        Assert.Equal(0, await four["desk"].SumAsync("weir_comparing_runs_total", "failed"));
    }

    [Trait("Attack", "18")]
    [Trait("Attack", "19")]
    [Trait("Attack", "20")]
    [Fact]
    public async Task No_user_reads_or_writes_a_file_of_another_or_its_memory()
    {
        await four.StartedAsync();

        foreach (var owner in four.Running)
        {
            var folder = four.Place.Folder(owner.Name);
            string[] files = [folder, .. Directory.EnumerateFileSystemEntries(
                folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })];
            Assert.True(files.Length > 3, $"{owner.Name} holds {files.Length} files");
            string[] memory = [.. owner.Ids.SelectMany(id => (string[])[
                $"/proc/{id}/mem", $"/proc/{id}/maps", $"/proc/{id}/environ"])];
            // The other processes' users, an analyst, an officer of the vault's and somebody from the street.
            SystemUser[] others =
            [
                .. four.Running.Where(one => one != owner).Select(one => one.User), four.Person,
                new SystemUser("mail", four.Person.Group), Street,
            ];
            foreach (var other in others)
            {
                Assert.Equal("", await OpenedAsync(other, files));
                Assert.Equal("", await OpenedAsync(other, memory));
            }

            // Keys in memory are not even their own user's to read from another process, nor by the runtime's own dump.
            Assert.DoesNotContain(owner.Ids, id => File.Exists($"/tmp/dotnet-diagnostic-{id}-{StartOf(id)}-socket"));
            Assert.True(File.Exists($"/tmp/dotnet-diagnostic-{Environment.ProcessId}-{StartOf(Environment.ProcessId)}-socket"));
            if (owner.Name is "vault" or "collector")
            {
                Assert.Equal("", await OpenedAsync(owner.User, memory));
            }
            else
            {
                // A user's own are opened by it, so that the question is a question.
                Assert.Contains(memory[1], await OpenedAsync(owner.User, memory), StringComparison.Ordinal);
            }

            Assert.Contains(files[^1], await OpenedAsync(owner.User, files), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("store")]
    [InlineData("desk")]
    [InlineData("vault")]
    [InlineData("analyst")]
    [InlineData("street")]
    public async Task Each_socket_answers_each_user_its_closed_list(string who)
    {
        await four.StartedAsync();
        var user = who switch
        {
            "analyst" => four.Person, "street" => Street, _ => four.Place.UserOf(who),
        };

        foreach (var (process, all, mine) in Lists(who).Where(list => list.Process != who))
        {
            HashSet<string> answered = [];
            foreach (var route in all)
            {
                // Answered, or malformed: what is sent here changes nothing.
                var got = await four.AskAsync(user, process, route + "?limit=none");
                var posted = await four.AskAsync(user, process, route, "{}");
                if (new[] { got, posted }.Any(
                    one => one is { Status: > 0, Code: not ("role-may-not" or "no-such-route") }))
                {
                    _ = answered.Add(route);
                }
            }

            Assert.True(answered.SetEquals(mine), $"{who} at {process}: {string.Join(' ', answered.Order())}");
            var refused = mine.Length > 0
                ? await four[process].SumAsync(
                    "weir_peers_requests_total", "code=\"role-may-not\"", $"role=\"{who}\"")
                : await four[process].SumAsync("weir_peers_connections_refused_total", "reason=\"no-role\"");
            Assert.True(refused >= all.Length - mine.Length || user.Group is null, $"{who} at {process}: {refused}");
        }
    }

    [Trait("Attack", "1")]
    [Fact]
    public async Task People_who_are_no_analysts_and_the_other_processes_users_see_no_case()
    {
        await four.StartedAsync();

        foreach (var user in (SystemUser[])[four.Place.Collector, four.Place.Store, four.Place.Vault])
        {
            var refused = await user.RunWeirAsync("case", "list", "--config", four.Place.Configuration);
            Assert.Equal(1, refused.ExitCode);
            Assert.Empty(refused.Out);
            Assert.Contains("role-may-not", refused.Error, StringComparison.Ordinal);
            Assert.Contains(
                AuditReader.Entries(Path.Combine(four.Place.Folder("desk"), "audit")),
                one => one.Entry.Actor == user.Name && one.Entry.Outcome == "role-may-not");
        }
    }

    /// <summary>When a process began, in the kernel's ticks; a number that comes again has another (proc(5)).</summary>
    private static string StartOf(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
    }

    /// <summary>Which of the files a user can open for reading, and which, but the kernel's, it could write.</summary>
    private static async Task<string> OpenedAsync(SystemUser user, string[] files)
    {
        const string Script = """
            for f do
              if ( : < "$f" ) 2> /dev/null; then echo "$f"; fi
              case "$f" in /proc/*) ;; *) if [ -w "$f" ]; then echo "$f"; fi ;; esac
            done
            """;
        return (await user.RunAsync("sh", ["-c", Script, "sh", .. files])).Out;
    }

    /// <summary>Every route of every socket, and those of a user.</summary>
    private static IEnumerable<(string Process, string[] All, string[] Mine)> Lists(string who)
    {
        string[] store = RoutesOf(typeof(StoreRoutes)), vault = RoutesOf(typeof(VaultRoutes)),
            desk = RoutesOf(typeof(DeskRoutes));
        string[] people = [VaultRoutes.GiveConsent, VaultRoutes.WithdrawConsents, VaultRoutes.Subject];
        string[] keys =
        [
            VaultRoutes.EpochKey, VaultRoutes.CohortKey, VaultRoutes.NoiseKey, VaultRoutes.Intake,
            VaultRoutes.LineActivity,
        ];
        return who switch
        {
            "collector" => [
                ("store", store, [StoreRoutes.Segments, StoreRoutes.HeardTime, StoreRoutes.Status]),
                ("desk", desk, [.. desk.Except([DeskRoutes.SubjectScopes])]),
                ("vault", vault,
                [
                    VaultRoutes.EpochKey, VaultRoutes.Intake, VaultRoutes.LineActivity, VaultRoutes.HeardTime,
                    VaultRoutes.Status,
                ])],
            "store" => [("desk", desk, []), ("vault", vault, [VaultRoutes.CohortKey, VaultRoutes.NoiseKey, VaultRoutes.Status])],
            "desk" => [
                ("store", store, [.. store.Except([StoreRoutes.Segments, StoreRoutes.HeardTime])]),
                ("vault", vault, [.. vault.Except([.. people, .. keys, VaultRoutes.HeardTime])])],
            "vault" => [("store", store, []), ("desk", desk, [DeskRoutes.SubjectScopes])],
            _ => [("store", store, []), ("desk", desk, []), ("vault", vault, [])],
        };
    }

    private static string[] RoutesOf(Type routes) =>
        [.. routes.GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
}
