"""The Streamlit app; it calls the API and uses only the contract of the backend."""
