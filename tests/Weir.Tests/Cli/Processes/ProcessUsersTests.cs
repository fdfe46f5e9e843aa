// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Cli;
using Weir.Cli.Commands;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Hosting.Posix;
using Weir.Store.Embedded;

namespace Weir.Tests.Cli.Processes;

/// <summary>Who runs what, and where it listens: what the start refuses, <c>weir check</c> refuses by the same
/// words.</summary>
public sealed class ProcessUsersTests : IDisposable
{
    private const string Networks = "attributing: {networks: [{prefix: 192.0.2.0/24}]}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-users-").FullName;

    private static string Own => OsUsers.Own.ToString(CultureInfo.InvariantCulture);

    private static string Another => OsUsers.Own == 65_533 ? "65532" : "65533";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(
        "processes: {desk: {user: '65001'}}\nvault: {user: '65001'}",
        "vault.user: is 65001, as is processes.desk.user")]
    [InlineData(
        "processes: {desk: {user: root}, store: {user: '0'}}",
        "processes.desk.user: is root, as is processes.store.user")]
    [InlineData("processes: {collector: {user: '65001'}}\nvault: {desk-user: '65001'}", "vault.desk-user: is 65001")]
    [InlineData(
        "processes: {desk: {user: '65001'}}\nvault: {officers: ['65002', '65001']}", "vault.officers[1]: is 65001")]
    public void One_user_for_two_processes_is_refused_but_in_a_lab_and_where_it_is_signed(string section, string told)
    {
        var (code, _, error) = Check(section);
        Assert.Equal(2, code);
        Assert.Matches($@"weir\.yaml:[23]:\d+: {Regex.Escape(told)}", error);
        Assert.Contains("separation: off", error, StringComparison.Ordinal);

        var settings = Read(section);
        Assert.Empty(ProcessUsers.Shared(settings, new() { Separation = Separation.Off }));
        Assert.NotEmpty(ProcessUsers.Shared(settings, new()));
        Assert.Equal(0, Check($"profile: lab\n{section}").Code);
    }

    [Fact]
    public void Users_of_their_own_are_sound_and_so_is_one_that_runs_on_another_machine()
    {
        Assert.Equal(0, Check(
            "processes: {collector: {user: '65001'}, store: {user: '65002'}, desk: {user: '65003'}}\n"
            + "vault: {user: '65004', collector-user: '65001', officers: ['65005', '65005']}").Code);
        Assert.Equal(0, Check(
            "processes: {collector: {user: '65001'}, store: {user: '65001', tls: {connect: 'https://a.example:1'}}}")
            .Code);
    }

    [Fact]
    public async Task A_process_that_shares_its_user_does_not_start()
    {
        var refused = await StartAsync("store", $"processes: {{dir: {_folder}/lib, desk: {{user: '{Own}'}}}}");

        Assert.Equal(ExitCode.BadArguments, refused.ExitCode);
        Assert.Contains(
            $"processes.desk.user: is {Own}, as is the user that weir store was started as", refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_started_as_another_user_touches_nothing_and_says_user_section_and_fix()
    {
        var refused = await StartAsync("store", $"processes: {{dir: {_folder}/lib, store: {{user: '{Another}'}}}}");

        Assert.Equal(ExitCode.BadArguments, refused.ExitCode);
        Assert.StartsWith(
            $"processes.store.user: is {Another}, and weir store was started as {OsUsers.NameOf(OsUsers.Own)}",
            refused.Message, StringComparison.Ordinal);
        Assert.Contains($"runuser -u {Another} -- weir store", refused.Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(_folder, "lib")));
    }

    [Theory]
    [InlineData("control: {socket: RUN/desk/desk.sock}", "control.socket: RUN/desk/desk.sock is the desk's socket and")]
    [InlineData(
        "processes: {store: {monitor: 'unix:RUN/store/store.sock'}}",
        "processes.store.monitor: RUN/store/store.sock is")]
    [InlineData("vault: {socket: RUN/store/store.sock}", "vault.socket: RUN/store/store.sock is the store's socket")]
    [InlineData("control: {socket: /run/LONG}", "control.socket: the path '/run/LONG' is longer than 107 octets")]
    [InlineData("processes: {run-dir: /run/LONG}", "processes.run-dir: the path '/run/LONG/store/")]
    public void Sockets_that_cannot_be_are_refused_by_check(string section, string told)
    {
        var (code, _, error) = Check(Fill(section));

        Assert.Equal(2, code);
        Assert.Matches($@"weir\.yaml:2:\d+: {Regex.Escape(Fill(told))}", error);

        static string Fill(string text) => text.Replace("RUN", "/var/lib/weir/run", StringComparison.Ordinal)
            .Replace("LONG", new string('x', 110), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("processes: {desk: {user: no-such-user}}", 26, "processes.desk.user: there is no user no-such-user")]
    [InlineData("processes: {group: no-such-group}", 20, "processes.group: there is no group no-such-group; make it")]
    public void Who_is_not_known_here_is_a_fault_of_a_process_here_and_a_warning_to_others(
        string section, int column, string told)
    {
        var (code, _, error) = Check(section, "--process", "desk");
        Assert.Equal(2, code);
        Assert.Contains($"weir.yaml:2:{column}: {told}", error, StringComparison.Ordinal);

        (code, _, error) = Check(section);
        Assert.Equal(0, code);
        Assert.Contains($"weir.yaml:2:{column}: warning: {told}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_of_a_process_tells_that_its_key_is_gone_and_one_of_the_file_does_not()
    {
        var section = $"processes: {{dir: {_folder}/lib}}";
        var record = Directory.CreateDirectory(Path.Combine(_folder, "lib", "store", "audit"));
        File.WriteAllText(Path.Combine(record.FullName, "heads.jsonl"), "");

        Assert.Matches(
            $@"weir\.yaml:2:\d+: warning: {Regex.Escape(_folder)}/lib/store/\S+: the key is not there",
            Check(section, "--process", "store").Told);
        Assert.DoesNotContain("the key is not there", Check(section).Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store", "lib/store", "processes.dir")]
    [InlineData("desk", "lib/desk", "processes.dir")]
    [InlineData("desk", "cases", "cases.dir")]
    public async Task A_second_one_on_the_same_data_is_told_in_one_sentence_who_has_it(
        string process, string folder, string setting)
    {
        var path = Path.Combine(_folder, folder, "process.lock");
        using var first = await ProcessLock.TakeAsync(path, TimeSpan.Zero, TimeProvider.System, default);

        var refused = await StartAsync(
            process, $"processes: {{dir: {_folder}/lib}}\n"
                + $"cases: {{dir: {_folder}/cases}}\nauditing: {{dir: {_folder}/audit}}");

        Assert.Equal(ExitCode.Failed, refused.ExitCode);
        Assert.StartsWith(
            string.Create(
                CultureInfo.InvariantCulture, $"{setting}: {path} is held by process {Environment.ProcessId} ("),
            refused.Message, StringComparison.Ordinal);
        Assert.Contains("stop that one, or give this one another folder", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_file_where_a_folder_should_be_is_named_with_its_setting()
    {
        var file = Path.Combine(_folder, "flows");
        await File.WriteAllTextAsync(file, "no folder");

        var refused = await StartAsync("store", $"processes: {{dir: {_folder}/lib}}\nstore: {{embedded: {file}}}");

        Assert.Equal(ExitCode.BadArguments, refused.ExitCode);
        Assert.StartsWith($"store.embedded: {file} is a file", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_turned_away_by_the_system_hears_who_it_is_and_what_to_do()
    {
        var told = ProcessRunner.Denied("vault", "Access to the path '/v/names.key' is denied.");

        Assert.StartsWith(
            "Access to the path '/v/names.key' is denied: weir vault runs as", told, StringComparison.Ordinal);
        Assert.Contains($"chown -R {OsUsers.NameOf(OsUsers.Own)}", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_the_engine_refuses_is_named_with_its_owner_or_the_other_reasons()
    {
        Assert.StartsWith(
            $"chDB refused to open {_folder}: another process", ChDb.Refusal(_folder), StringComparison.Ordinal);
        var others = OsUsers.Own == 0 ? Path.Combine(_folder, "theirs") : "/";
        if (OsUsers.Own == 0)
        {
            _ = Directory.CreateDirectory(others);
            using var chown = System.Diagnostics.Process.Start("chown", ["65534", others]);
            chown.WaitForExit();
        }

        Assert.Contains($"{others}, which belongs to", ChDb.Refusal(others), StringComparison.Ordinal);
        Assert.Contains("chown -R", ChDb.Refusal(others), StringComparison.Ordinal);
    }

    private string Write(string section)
    {
        var file = Path.Combine(_folder, "weir.yaml");
        File.WriteAllText(file, Networks + section + "\n");
        return file;
    }

    private WeirConfiguration Read(string section)
    {
        var reading = ConfigurationReader.ReadFile<WeirConfiguration>(Write(section));
        Assert.Empty(reading.Faults);
        return reading.Value;
    }

    private Task<OperatorException> StartAsync(string process, string section) =>
        Assert.ThrowsAsync<OperatorException>(() => ProcessRunner.RunAsync(
            process, Path.Combine(_folder, "weir.yaml"), Read(section), isSupervised: false, default));

    private (int Code, string Said, string Told) Check(string section, params string[] more)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = CheckCommand.Create().Parse([.. (string[])["--config", Write(section)], .. more])
            .Invoke(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
