// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Commands.Comparing;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Tests.Reporting;
using Weir.Tests.Support;

namespace Weir.Tests.Commands;

public sealed class ReportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-show").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (int Code, string Output, string Error) Print(string? text)
    {
        var path = Path.Combine(_folder, "report.json");
        if (text is not null)
        {
            File.WriteAllText(path, text);
        }

        var (output, error) = (new StringWriter(), new StringWriter());
        return (ReportCommand.Print(path, output, error), output.ToString(), error.ToString());
    }

    [Theory]
    [InlineData("lab")]
    [InlineData("eu-provider")]
    public void A_written_report_is_shown_as_it_was(string profile)
    {
        var (code, output, error) = Print(
            ReportJson.Write(new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(SampleReport.Create(profile))));

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("198.51.100.80:8443/tcp", output);
        Assert.Equal(profile == "lab", output.Contains("10.20.0.1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("{ \"schema\": ", ":1: not a report")]
    [InlineData("{ \"schema\": \"weir.report/9\", \"profile\": \"lab\", \"window\": {\"from\": "
        + "\"2026-01-01T00:00:00Z\", \"until\": \"2026-01-01T00:00:00Z\"} }", "this program reads weir.report/1")]
    public void What_is_no_report_gets_one_sentence(string? text, string sentence)
    {
        var (code, output, error) = Print(text);

        Assert.Equal((3, ""), (code, output));
        Assert.Contains(sentence, error);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }
}
