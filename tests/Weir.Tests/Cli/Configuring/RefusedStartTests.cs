// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Commands.Processes;
using Weir.Cli.Configuring;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Configuration;
using Weir.Tests.Auditing;

namespace Weir.Tests.Cli.Configuring;

public sealed class RefusedStartTests : IDisposable
{
    private readonly AuditFixture _place = new();

    public void Dispose() => _place.Dispose();

    private ConfigurationReading<WeirConfiguration> Read(string text) =>
        ConfigurationReader.Read<WeirConfiguration>(
            $"attributing: {{networks: [{{prefix: 192.0.2.0/24}}]}}\nauditing: {{dir: {_place.Directory}}}\n{text}",
            _ => null);

    private string Loosened()
    {
        var file = _place.Beside("policy.yaml");
        File.WriteAllText(file, PolicyReader.BuiltInText("us-provider")
            .Replace("block-days: 14", "block-days: 60", StringComparison.Ordinal));
        return $"policy: {{file: {file}}}";
    }

    [Fact]
    public async Task A_loosened_policy_file_leaves_an_entry_with_each_fault()
    {
        using var error = new StringWriter();
        var reading = Read(Loosened());
        Assert.False(reading.IsSound);

        await RefusedStart.TellAsync(reading, _place.Clock, error, default);

        var entry = Assert.Single(
            AuditReader.Entries(_place.Directory), record => record.Entry.Act == AuditActions.PolicyRefused).Entry;
        Assert.NotEqual(AuditActions.Allow, entry.Outcome);
        Assert.Contains("block-days is 60", entry.Reason);
        Assert.Equal("", error.ToString());
        Assert.True(_place.Verify().IsSound);
    }

    [Fact]
    public async Task Where_the_record_cannot_be_had_it_says_so()
    {
        await using var taken = _place.Open();
        using var error = new StringWriter();

        await RefusedStart.TellAsync(Read(Loosened()), _place.Clock, error, default);

        Assert.Contains("the refused start is on no record", error.ToString());
    }

    [Fact]
    public async Task A_fault_of_spelling_is_no_matter_of_the_record()
    {
        using var error = new StringWriter();
        await RefusedStart.TellAsync(Read("colecting: {lanes: 1}"), _place.Clock, error, default);
        Assert.False(AuditReader.HasLog(_place.Directory));
        Assert.Equal("", error.ToString());
    }
}
