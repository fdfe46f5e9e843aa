// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Weir.Cli;
using Weir.Cli.Api;
using Weir.Cli.Commands;
using Weir.Cli.Commands.Cases;
using Weir.Contracts.Population;
using Weir.Desk.Api;
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Population;
using Weir.Tests.Cases;
using Weir.Tests.DeskProcess.Api;

namespace Weir.Tests.Cli.Api;

/// <summary>What commands make of answers: whole lists, refusals as a line, and a Weir that is not there.</summary>
public sealed class ApiClientTests : IAsyncLifetime
{
    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiFixture.OpenAsync();
        _ = await _api.ServerAsync("analyst");
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_list_of_several_pages_is_one_list()
    {
        for (uint i = 0; i < 5; i++)
        {
            await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(100 + i, i));
        }

        using var client = new ApiClient(_api.SocketOf("analyst")) { PageRows = 2 };
        var cases = await client.ListAsync("cases", CaseJson.Default.ApiPageCaseSummary, default);

        Assert.Equal(
            _api.Cases.Desk.Files.Select(f => f.Id.ToString()).Order(), cases.Select(c => c.Id).Order());
        var (code, output, error) = await RunAsync(CaseCommand.Create(), "list", "-o", "csv");
        Assert.Equal((0, "", 6), (code, error, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
    }

    [Fact]
    public async Task A_refusal_ends_a_command_with_its_code_and_sentence()
    {
        var refused = await Assert.ThrowsAsync<OperatorException>(
            () => RunAsync(CaseCommand.Create(), "show", "c-0000000000000001"));

        Assert.Equal("unknown: c-0000000000000001 does not exist, or is not yours.", refused.Message);
        Assert.Equal(ExitCode.Failed, refused.ExitCode);
    }

    [Fact]
    public async Task Whatever_is_typed_is_one_part_of_a_path()
    {
        foreach (var typed in new[] { "../approvals", "x/comments", "x?limit=1", "", "%2e%2e" })
        {
            using var client = new ApiClient(_api.SocketOf("analyst"));
            var refused = await Assert.ThrowsAsync<OperatorException>(() => client.GetAsync(
                $"cases/{ApiClient.Part(typed)}", CaseJson.Default.CaseResponse, default));
            Assert.StartsWith("unknown: ", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_Weir_that_is_not_there_is_told_with_its_place()
    {
        using var client = new ApiClient(Path.Combine(_api.Folder, "none.sock"));
        var down = await Assert.ThrowsAsync<OperatorException>(
            () => client.GetAsync("cases/x", CaseJson.Default.CaseResponse, default));

        Assert.StartsWith("the desk does not answer at ", down.Message, StringComparison.Ordinal);
        Assert.Contains("none.sock; is weir-desk (or weir serve) running", down.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("weir:80", down.Message, StringComparison.Ordinal);
        Assert.Contains("control.socket", down.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_desk_that_went_and_left_its_socket_is_told_without_an_address_that_nobody_typed()
    {
        var left = Path.Combine(_api.Folder, "left.sock");
        File.WriteAllText(left, "");

        using var client = new ApiClient(left);
        var down = await Assert.ThrowsAsync<OperatorException>(
            () => client.GetAsync("cases/x", CaseJson.Default.CaseResponse, default));

        Assert.Contains($"the desk does not answer at {left}; is", down.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("weir:80", down.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_population_report_comes_back_as_it_was_released()
    {
        var view = new PopulationView(
            "top-remote-ports", "2026-11-22T14", "", 10, new(PublishedCellKind.Shown, 1_000),
            [
                new("443", new(PublishedCellKind.Shown, 400)), new("25", PublishedCell.Withheld),
                new("53", PublishedCell.NearlyAll),
            ]);
        var json = JsonSerializer.Serialize(
            PopulationResponse.From(view), PopulationJson.Default.PopulationResponse);
        var back = JsonSerializer.Deserialize(json, PopulationJson.Default.PopulationResponse)!.ToView();

        Assert.Contains("\"nearly-all\"", json, StringComparison.Ordinal);
        Assert.Equal(view with { Lines = back.Lines }, back);
        Assert.Equal(view.Lines, back.Lines);
        Assert.Throws<JsonException>(() => new PopulationCell("some", 3).ToCell());
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(Command command, params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await command.Parse([.. arguments, "--socket", _api.SocketOf("analyst")]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (code, output.ToString(), error.ToString());
    }
}
