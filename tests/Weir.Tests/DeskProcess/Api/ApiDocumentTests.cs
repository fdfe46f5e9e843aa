// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Desk.Api;
using Weir.Desk.Api.Routing;
using Weir.Tests.Support;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>The document says what the API does: each route with its roles, its answers and its refusals.</summary>
public sealed class ApiDocumentTests : IAsyncLifetime
{
    private ApiFixture _api = null!;
    private string _text = "";

    public async ValueTask InitializeAsync()
    {
        _api = await ApiFixture.OpenAsync();
        _text = await (await _api.ServerAsync("analyst")).DocumentAsync(default);
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public void The_document_in_docs_is_fresh() => RepositoryRoot.AssertFresh("docs/openapi.json", _text + "\n");

    [Fact]
    public void The_page_in_docs_is_fresh() =>
        RepositoryRoot.AssertFresh("docs/53-api.md", ApiReferencePage.Write(Operations));

    [Fact]
    public async Task It_is_answered_over_the_socket_as_it_stands_in_docs() =>
        Assert.Equal(_text, (await _api.SendAsync("auditor", "GET", "openapi.json")).Text);

    [Fact]
    public void Every_operation_names_its_roles_its_answer_and_every_refusal_of_the_closed_list()
    {
        var document = JsonDocument.Parse(_text).RootElement;
        Assert.Equal("3.1", document.GetProperty("openapi").GetString()![..3]);
        var codes = ApiProblems.All.Select(kind => kind.Code).ToHashSet(StringComparer.Ordinal);
        Assert.All(Operations, operation =>
        {
            var (name, told) = operation;
            Assert.NotEmpty(told.GetProperty("summary").GetString()!);
            Assert.NotEqual(0, told.GetProperty("x-weir-roles").GetArrayLength());
            var responses = told.GetProperty("responses");
            var type = name.EndsWith("/changes", StringComparison.Ordinal) ? ApiStream.EventStream : "application/json";
            Assert.True(responses.GetProperty("200").GetProperty("content").TryGetProperty(type, out var answer), name);
            Assert.True(answer.TryGetProperty("schema", out _), name);
            Assert.All(responses.EnumerateObject().Where(response => response.Name != "200"), response =>
            {
                Assert.True(response.Value.GetProperty("content").TryGetProperty(ApiProblem.ContentType, out _), name);
                Assert.All(
                    response.Value.GetProperty("description").GetString()!.Split("; "),
                    line => Assert.Contains(line.Split(':')[0], codes));
            });
            Assert.True(responses.TryGetProperty("403", out _), name);
        });
        Assert.All(
            from schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            where schema.Value.TryGetProperty("properties", out _)
            from member in schema.Value.GetProperty("properties").EnumerateObject()
            select (Name: $"{schema.Name}.{member.Name}", Told: member.Value),
            member => Assert.True(IsTold(member.Told), $"{member.Name}: says nothing"));
    }

    private IEnumerable<(string Name, JsonElement Told)> Operations =>
        from path in JsonDocument.Parse(_text).RootElement.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);

    /// <summary>What a member says stands at it, or at the branch of what it is where it may be null.</summary>
    private static bool IsTold(JsonElement member) => member.TryGetProperty("description", out _)
        || (member.TryGetProperty("oneOf", out var branches) && branches.EnumerateArray().Any(IsTold));
}
