"""The Streamlit app: pages that call the API.

Of the backend it imports only the contract, that is, the API's types.
"""
